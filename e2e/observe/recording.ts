import { readFile } from 'node:fs/promises';
import type { KubernetesObject } from './objects.ts';
import { type ReplayedTimeline, replayTimeline } from './replay.ts';
import type { TimelineEvent } from './timeline.ts';

/** A recording: what was done (markers) and every watch event, in the order of arrival. */
export type Recording = {
  /** The first line: what was recorded, on which versions. */
  header: Record<string, unknown>;
  lines: readonly RecordedLine[];
};

/** A line of a recording; `at` is in seconds from its start. */
export type RecordedLine = { at: number; marker: string } | RecordedEvent;

/** A watch event as it came from the API server. A gap is not in any recording of ours, but may be put into one. */
export type RecordedEvent =
  | { at: number; type: 'ADDED' | 'MODIFIED' | 'DELETED'; resource: string; object: KubernetesObject }
  | { at: number; type: 'GAP'; resource: string; reason: string };

/** Reads a recording: one JSON value a line, the header first. */
export const loadRecording = async (file: string | URL): Promise<Recording> => parseRecording(await readFile(file, 'utf8'));

/** Reads the text of a recording; throws with the line's number where it is none. */
export const parseRecording = (text: string): Recording => {
  const [header, ...lines] = text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(parseLine);
  if (header === undefined || !('recording' in header)) throw new Error('not a recording: its first line has no "recording"');
  return { header, lines: lines as RecordedLine[] };
};

const parseLine = ({ line, number }: { line: string; number: number }): Record<string, unknown> => {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`not a recording: line ${number} is not JSON`, { cause: error });
  }
};

/** A recording as timelines, one a resource, that share the order of arrival; times are in ms, as if the recording had begun with the epoch. */
export type ReplayedRecording = {
  /** The timeline of a resource by its plural name; empty when nothing of it was recorded. */
  timeline<T extends KubernetesObject = KubernetesObject>(resource: string): ReplayedTimeline<T>;
  /** The mark of a marker's text: what was recorded after it has greater sequences. Throws when there is no such marker. */
  markOf(marker: string): number;
};

const kinds = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/** Plays a whole recording into timelines. */
export const replayRecording = ({ lines }: Recording): ReplayedRecording => {
  const timelines = new Map<string, ReplayedTimeline<KubernetesObject>>();
  const marks = new Map<string, number>();
  const timeline = (resource: string) => {
    const found = timelines.get(resource) ?? replayTimeline(resource);
    timelines.set(resource, found);
    return found;
  };
  for (const line of lines) {
    if ('marker' in line) marks.set(line.marker, timeline('').mark());
    else timeline(line.resource).push(toEvent(line));
  }
  return {
    timeline: <T extends KubernetesObject>(resource: string) => timeline(resource) as unknown as ReplayedTimeline<T>,
    markOf: (marker) => {
      const mark = marks.get(marker);
      if (mark === undefined) throw new Error(`the recording has no marker "${marker}" (it has: ${[...marks.keys()].join(', ')})`);
      return mark;
    },
  };
};

const toEvent = (event: RecordedEvent): TimelineEvent => {
  const at = event.at * 1000;
  return event.type === 'GAP' ? { kind: 'gap', at, reason: event.reason } : { kind: kinds[event.type], at, object: event.object };
};
