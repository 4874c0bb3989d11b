import type { KubernetesObject } from '../kube/objects.ts';
import { createGuard } from './guard.ts';
import { createTrack, entriesAfter, firstDoubted, lastEntryUpTo } from './history.ts';
import { createSequence } from './sequence.ts';
import type { Decision, Specification } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';
import type { GuardReport, SequenceStep } from './verdict.ts';
import { describeDisconnected } from './waiting.ts';

/** Decides an expectation, one entry at a time. */
export type Judge = {
  /** Takes the next entry of one of the expectation's timelines. The first decision is final. */
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  /** The decision if there are no more entries. */
  end(why: string, at: number): Decision;
  readonly steps: SequenceStep[];
  /** The guards, and whether each held as far as it was evaluated. */
  guards(): GuardReport[];
};

/** Starts to evaluate an expectation at its start. */
export const createJudge = <T extends KubernetesObject>(specification: Specification<T>): Judge => {
  const { timeline, subject, nevers } = specification;
  const track = createTrack<T>(subject.name);
  const sequence = createSequence(specification);
  const guards = nevers.map((never) => createGuard(never, specification, track));
  const held = new Map<string, GuardReport['held']>();

  const decide = (source: Timeline, entry: Entry): Decision | undefined => {
    const observation = source === (timeline as Timeline) ? track.take(entry as Entry<T>) : undefined;
    // The hidden part of the history may already have met or broken the expectation.
    if (observation !== undefined && observation.lost.length > 0) return sequence.take(observation);
    // Guards come first: a forbidden state is a fact, whatever the steps make of the same entry.
    for (const guard of guards) {
      const decision = guard.take(source, entry);
      if (decision !== undefined) {
        held.set(guard.label, decision.state === 'broken' ? 'no' : 'unknown');
        return decision;
      }
    }
    const decision = observation && sequence.take(observation);
    const doubt = decision?.state === 'met' ? guardsDoubt() : undefined;
    return decision && doubt !== undefined
      ? { state: 'not-provable', at: decision.at, reason: doubt }
      : decision;
  };
  const guardsDoubt = (): string | undefined => {
    for (const guard of guards) {
      const doubt = guard.doubt();
      if (doubt === undefined) continue;
      held.set(guard.label, 'unknown');
      return doubt;
    }
    return undefined;
  };
  const blindness = (): string | undefined => {
    const [gap] = track.doubts;
    if (gap !== undefined) return `the watch lost a stretch of ${subject.label} (${gap.reason})`;
    return guardsDoubt() ?? describeDisconnected(timelinesOf(specification));
  };

  return {
    take: (source, entry) => {
      const decision = decide(source, entry);
      return decision && { ...decision, until: entry.sequence };
    },
    end: (why, at) => {
      const blind = blindness();
      if (blind !== undefined)
        return { state: 'not-provable', at, reason: `${why}, and ${blind}: ${sequence.awaiting()}` };
      return { state: 'timed-out', at, reason: `${why}: ${sequence.awaiting()}` };
    },
    steps: sequence.steps,
    guards: () => guards.map(({ label }) => ({ label, held: held.get(label) ?? 'yes' })),
  };
};

/**
 * The entries that have already arrived for an expectation, in order of arrival. The state at its start comes first. A
 * gap is sorted to where its doubt starts.
 */
export const pastOf = <T extends KubernetesObject>(
  specification: Specification<T>,
): { timeline: Timeline; entry: Entry }[] => {
  const { timeline, subject, startSequence } = specification;
  const inForce = lastEntryUpTo(timeline, subject.name, startSequence);
  const later = timelinesOf(specification)
    .flatMap((source) => entriesAfter(source, startSequence).map((entry) => ({ timeline: source, entry })))
    .sort((one, other) => orderOf(one.entry) - orderOf(other.entry));
  return inForce === undefined || inForce.kind === 'deleted'
    ? later
    : [{ timeline, entry: inForce }, ...later];
};

const orderOf = (entry: Entry): number => (entry.kind === 'gap' ? firstDoubted(entry) - 0.5 : entry.sequence);

/** The timelines of an expectation, without duplicates. */
export const timelinesOf = <T extends KubernetesObject>({
  timeline,
  nevers,
}: Specification<T>): Timeline[] => [
  ...new Set<Timeline>([timeline, ...nevers.map(({ other }) => other.timeline)]),
];
