import type { KubernetesObject } from '../kube/objects.ts';
import { createTrack, firstDoubted, lastEntryUpTo, matchesStep, type Track } from './history.ts';
import type { Decision, ForbiddenState, Specification } from './specification.ts';
import type { Entry, GapEntry, ObjectEntry, Timeline } from './timeline.ts';

/** Checks one `withoutEver ... while ...`. */
type Guard = {
  label: string;
  /** Must be called after the subject's own track has taken the entry. */
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  /** Why it is unknown at the end whether the guard held. Undefined if it is known. */
  doubt(): string | undefined;
};

/**
 * Creates a guard. At each entry it compares the current states of both objects, in order of arrival. Within one
 * watch that is the order of the server.
 */
export const createGuard = <T extends KubernetesObject>(
  never: ForbiddenState<T>,
  { subject, timeline, startSequence }: Specification<T>,
  track: Track<T>,
): Guard => {
  const { step, other } = never;
  const otherTrack = createTrack(other.name);
  // The entries of a listing have an order, but describe the same moment.
  const atStart =
    other.timeline === (timeline as Timeline) ? firstListed(other.timeline, other.name) : undefined;
  const inForce = lastEntryUpTo(other.timeline, other.name, startSequence) ?? atStart;
  if (inForce !== undefined) otherTrack.take(inForce);
  const seen: ObjectEntry<T>[] = [];
  let blind: readonly GapEntry[] = [];

  const inDoubt = ({ last, doubts }: Track<KubernetesObject>) =>
    last !== undefined && last.kind !== 'deleted' && doubts.length > 0;
  // Compares sequences as well as times, because a state and a gap may have the same millisecond.
  const wasForbidden = (gap: GapEntry): boolean => {
    const end = endOf(other.timeline, gap);
    return seen.some((entry, index) => {
      const next = seen[index + 1];
      const isOver = next !== undefined && next.at <= gap.since && next.sequence < firstDoubted(gap);
      return matchesStep(entry, step) && entry.sequence < end && !isOver;
    });
  };
  const lost = (gap: GapEntry): string =>
    `the watch lost whether ${subject.label} was ${step.label} while ${other.label} was ${other.is.label}: ${gap.reason}`;

  return {
    label: `never ${step.label} while ${other.label} (${other.name}) is ${other.is.label}`,
    take: (source, entry) => {
      if (source === other.timeline) blind = [...blind, ...(otherTrack.take(entry)?.lost ?? [])];
      if (source === (timeline as Timeline) && track.last?.sequence === entry.sequence) seen.push(track.last);
      if (inDoubt(track) || inDoubt(otherTrack)) return undefined;
      if (matchesStep(track.last, step) && matchesStep(otherTrack.last, other.is)) {
        return {
          state: 'broken',
          at: entry.at,
          reason: `${subject.label} was ${step.label} while ${other.label} was ${other.is.label}`,
        };
      }
      const gap = blind.find(wasForbidden);
      blind = [];
      return gap && { state: 'not-provable', at: entry.at, reason: lost(gap) };
    },
    doubt: () => {
      const gap = otherTrack.doubts.find(wasForbidden);
      return gap && lost(gap);
    },
  };
};

const firstListed = (timeline: Timeline, name: string): Entry | undefined => {
  const others = timeline.entries.findIndex(({ kind }) => kind !== 'listed');
  const listed = others === -1 ? timeline.entries : timeline.entries.slice(0, others);
  return listed.find((entry) => entry.kind !== 'gap' && entry.object.metadata.name === name);
};

// The listing after a gap arrives at once. An object that it lacks is gone.
const endOf = ({ entries }: Timeline, { sequence: start, until }: GapEntry): number =>
  until ?? entries.find(({ sequence }) => sequence > start)?.sequence ?? Number.POSITIVE_INFINITY;
