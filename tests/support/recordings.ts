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
   * The sequence at a marker, by its text: what was recorded after it has greater ones. Throws when there is no
   * such marker.
   */
  sequenceAt(marker: string): number;
};

/** Replays a whole recording into timelines. */
export const replayRecording = ({ lines }: Recording): ReplayedRecording => {
  const timelines = new Map<string, ReplayedTimeline<KubernetesObject>>();
  const sequences = new Map<string, number>();
  const timeline = (resource: string) => {
    const found = timelines.get(resource) ?? replayTimeline(resource);
    timelines.set(resource, found);
    return found;
  };
  for (const line of lines) {
    if ('marker' in line) sequences.set(line.marker, timeline('').lastSequence());
    else pushRecorded(timeline(line.resource), line);
  }
  return {
    timeline: <T extends KubernetesObject>(resource: string) =>
      timeline(resource) as unknown as ReplayedTimeline<T>,
    sequenceAt: (marker) => {
      const sequence = sequences.get(marker);
      if (sequence === undefined)
        throw new Error(
          `the recording has no marker "${marker}" (it has: ${[...sequences.keys()].join(', ')})`,
        );
      return sequence;
    },
  };
};
