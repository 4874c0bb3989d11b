import { createTrack, inForceAt, shows, type Track } from './history.ts';
import type { KubernetesObject } from './objects.ts';
import type { Decision, Never, Specification } from './specification.ts';
import type { Entry, GapEntry, ObjectEntry, Timeline } from './timeline.ts';

/** Watches over one `withoutEver ... while ...`. */
export type Guard = {
  label: string;
  /** To be called after the subject's own track has taken the entry. */
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  /** Why it cannot be said, at the end, that the guard held. */
  doubt(): string | undefined;
};

/** Starts a guard: at each entry it compares the present states of both objects, in the order of arrival, which within one watch is the server's. */
export const createGuard = <T extends KubernetesObject>(
  never: Never<T>,
  { subject, timeline, mark }: Specification<T>,
  track: Track<T>,
): Guard => {
  const { step, other } = never;
  const otherTrack = createTrack(other.name);
  const inForce = inForceAt(other.timeline, other.name, mark);
  if (inForce !== undefined) otherTrack.take(inForce);
  const seen: ObjectEntry<T>[] = [];
  let blind: GapEntry | undefined;

  const inDoubt = ({ last, doubt }: Track<KubernetesObject>) => last !== undefined && last.kind !== 'deleted' && doubt !== undefined;
  const wasForbidden = (since: number): boolean =>
    seen.some((entry, index) => shows(entry, step) && (seen[index + 1]?.at ?? Number.POSITIVE_INFINITY) > since);
  const lost = (gap: GapEntry): string =>
    `the watch lost whether ${subject.label} was ${step.label} while ${other.label} was ${other.is.label}: ${gap.reason}`;

  return {
    label: `never ${step.label} while ${other.label} (${other.name}) is ${other.is.label}`,
    take: (source, entry) => {
      if (source === other.timeline) blind = otherTrack.take(entry)?.lost ?? blind;
      if (source === (timeline as Timeline) && track.last?.sequence === entry.sequence) seen.push(track.last);
      if (inDoubt(track) || inDoubt(otherTrack)) return undefined;
      if (shows(track.last, step) && shows(otherTrack.last, other.is)) {
        return { state: 'broken', at: entry.at, reason: `${subject.label} was ${step.label} while ${other.label} was ${other.is.label}` };
      }
      const gap = blind;
      blind = undefined;
      return gap && wasForbidden(gap.since) ? { state: 'not-provable', at: entry.at, reason: lost(gap) } : undefined;
    },
    doubt: () => (inDoubt(otherTrack) && otherTrack.doubt && wasForbidden(otherTrack.doubt.since) ? lost(otherTrack.doubt) : undefined),
  };
};
