import { readFile } from 'node:fs/promises';
import { parseRecording, pushRecorded, type Recording } from '../../e2e/history/recording.ts';
import { type ReplayedTimeline, replayTimeline } from '../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../e2e/kube/objects.ts';

/** Reads a recording: one JSON value a line, the header first. */
export const loadRecording = async (file: string | URL): Promise<Recording> =>
  parseRecording(await readFile(file, 'utf8'));

/**
 * A recording as timelines, one a resource, that share the order of arrival; times are in ms, as if the
 * recording had begun with the epoch.
 */
type ReplayedRecording = {
  /** The timeline of a resource by its plural name; empty when nothing of it was recorded. */
  timeline<T extends KubernetesObject = KubernetesObject>(resource: string): ReplayedTimeline<T>;
  /**
   * The mark of a marker's text: what was recorded after it has greater sequences. Throws when there is no
   * such marker.
   */
  markOf(marker: string): number;
};

/** Replays a whole recording into timelines. */
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
    else pushRecorded(timeline(line.resource), line);
  }
  return {
    timeline: <T extends KubernetesObject>(resource: string) =>
      timeline(resource) as unknown as ReplayedTimeline<T>,
    markOf: (marker) => {
      const mark = marks.get(marker);
      if (mark === undefined)
        throw new Error(`the recording has no marker "${marker}" (it has: ${[...marks.keys()].join(', ')})`);
      return mark;
    },
  };
};
