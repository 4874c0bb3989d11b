import type { KubernetesObject } from '../kube/objects.ts';
import type { ReplayedTimeline } from './replay.ts';
import { type Entry, entryKinds, type TimelineEvent } from './timeline.ts';

/** A recording: markers for actions, and every watch event, in order of arrival. */
export type Recording = {
  /** The first line: what was recorded, with which versions. */
  header: Record<string, unknown>;
  lines: readonly RecordedLine[];
};

/** A line of a recording. `at` is in seconds from the start. */
export type RecordedLine = { at: number; marker: string } | RecordedEvent;

/**
 * A watch event as the API server sent it, or a gap. `watch` is the number of the watch among those of its resource;
 * it is missing for the first.
 */
export type RecordedEvent = { at: number; resource: string; watch?: number | undefined } & (
  | {
      type: 'ADDED' | 'MODIFIED' | 'DELETED';
      object: KubernetesObject;
      /** The object was in a listing, not in an ADDED event. */
      listed?: true;
      /** The deletion was not seen. A listing lacked the object. */
      inferred?: true;
    }
  /**
   * `since` is when the watch was last certain. `doubts` is how many earlier lines of the watch are in doubt; missing
   * if none is.
   */
  | { type: 'GAP'; reason: string; since?: number; doubts?: number }
);

/** Parses the text of a recording. Throws an error with the line number if it is invalid. */
export const parseRecording = (text: string): Recording => {
  const [header, ...lines] = text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(parseLine);
  if (header === undefined || !('recording' in header))
    throw new Error('not a recording: its first line has no "recording"');
  return { header, lines: lines as RecordedLine[] };
};

const parseLine = ({ line, number }: { line: string; number: number }): Record<string, unknown> => {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`not a recording: line ${number} is not JSON`, { cause: error });
  }
};

/** Adds a recorded event to its timeline. Its times are relative to `start`, in ms since the epoch. */
export const pushRecorded = (
  { entries, push }: ReplayedTimeline<KubernetesObject>,
  event: RecordedEvent,
  start = 0,
): Entry => push(toEvent(event, { entries, start }));

const toEvent = (
  event: RecordedEvent,
  { entries, start }: { entries: readonly Entry[]; start: number },
): TimelineEvent => {
  const at = start + event.at * 1000;
  if (event.type !== 'GAP') {
    const { type, object, listed, inferred } = event;
    return { kind: listed ? 'listed' : entryKinds[type], at, object, ...(inferred && { inferred }) };
  }
  const { reason, since, doubts = 0 } = event;
  const doubted = entries[entries.length - doubts];
  return {
    kind: 'gap',
    at,
    reason,
    ...(since !== undefined && { since: start + since * 1000 }),
    ...(doubts > 0 && doubted !== undefined && { from: doubted.sequence }),
  };
};
