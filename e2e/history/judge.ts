import type { KubernetesObject } from '../kube/objects.ts';
import { createGuard } from './guard.ts';
import { createTrack, entriesAfter, firstDoubted, inForceAt } from './history.ts';
import { createSequence } from './sequence.ts';
import type { Decision, Specification } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';
import type { GuardReport, SequenceStep } from './verdict.ts';
import { cutOff } from './waiting.ts';

/** Decides an expectation, entry by entry. */
export type Judge = {
  /** Takes the next entry of one of the expectation's timelines; the first decision stands. */
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  /** The decision when no more entries will come. */
  end(why: string, at: number): Decision;
  readonly steps: SequenceStep[];
  /** What must never be, and whether it never was, as far as it was judged. */
  guards(): GuardReport[];
};

/** Starts judging an expectation at its mark. */
export const createJudge = <T extends KubernetesObject>(specification: Specification<T>): Judge => {
  const { timeline, subject, nevers } = specification;
  const track = createTrack<T>(subject.name);
  const sequence = createSequence(specification);
  const guards = nevers.map((never) => createGuard(never, specification, track));
  const held = new Map<string, GuardReport['held']>();

  const decide = (source: Timeline, entry: Entry): Decision | undefined => {
    const observation = source === (timeline as Timeline) ? track.take(entry as Entry<T>) : undefined;
    // What a gap hides may have decided it already, one way or the other.
    if (observation !== undefined && observation.lost.length > 0) return sequence.take(observation);
    // Guards first: what must never be is a fact, whatever the steps make of the same entry.
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
    return guardsDoubt() ?? cutOff(timelinesOf(specification));
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
 * What has already arrived for an expectation: the state in force at its mark, then everything later, in the
 * order of arrival; a gap is known of from where it begins.
 */
export const pastOf = <T extends KubernetesObject>(
  specification: Specification<T>,
): { timeline: Timeline; entry: Entry }[] => {
  const { timeline, subject, mark } = specification;
  const inForce = inForceAt(timeline, subject.name, mark);
  const later = timelinesOf(specification)
    .flatMap((source) => entriesAfter(source, mark).map((entry) => ({ timeline: source, entry })))
    .sort((one, other) => orderOf(one.entry) - orderOf(other.entry));
  return inForce === undefined || inForce.kind === 'deleted'
    ? later
    : [{ timeline, entry: inForce }, ...later];
};

const orderOf = (entry: Entry): number => (entry.kind === 'gap' ? firstDoubted(entry) - 0.5 : entry.sequence);

/** Every timeline that an expectation looks at, each once. */
export const timelinesOf = <T extends KubernetesObject>({
  timeline,
  nevers,
}: Specification<T>): Timeline[] => [
  ...new Set<Timeline>([timeline, ...nevers.map(({ other }) => other.timeline)]),
];
