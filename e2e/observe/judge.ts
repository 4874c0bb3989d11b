import { createGuard } from './guard.ts';
import { createTrack, entriesAfter, inForceAt } from './history.ts';
import type { KubernetesObject } from './objects.ts';
import { createSequence } from './sequence.ts';
import type { Decision, Specification } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';
import type { GuardReport, StepReport } from './verdict.ts';

/** Decides an expectation, entry by entry. */
export type Judge = {
  /** Takes the next entry of one of the expectation's timelines; the first decision stands. */
  take(timeline: Timeline, entry: Entry): Decision | undefined;
  /** The decision when no more entries will come. */
  end(why: string, at: number): Decision;
  readonly steps: StepReport[];
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
    // Guards first: what must never be is a fact, whatever the steps make of the same entry.
    for (const guard of guards) {
      const decision = guard.take(source, entry);
      if (decision !== undefined) {
        held.set(guard.label, decision.state === 'broken' ? 'no' : 'unknown');
        return decision;
      }
    }
    const decision = observation && sequence.take(observation);
    if (decision?.state !== 'met') return decision;
    for (const guard of guards) {
      const doubt = guard.doubt();
      if (doubt !== undefined) {
        held.set(guard.label, 'unknown');
        return { state: 'not-provable', at: decision.at, reason: doubt };
      }
    }
    return decision;
  };

  return {
    take: (source, entry) => {
      const decision = decide(source, entry);
      return decision && { ...decision, until: entry.sequence };
    },
    end: (why, at) => {
      if (track.doubt !== undefined)
        return {
          state: 'not-provable',
          at,
          reason: `${why}, and the watch lost a stretch of ${subject.label} (${track.doubt.reason}): ${sequence.awaiting()}`,
        };
      return { state: 'timed-out', at, reason: `${why}: ${sequence.awaiting()}` };
    },
    steps: sequence.steps,
    guards: () => guards.map(({ label }) => ({ label, held: held.get(label) ?? 'yes' })),
  };
};

/** What has already arrived for an expectation: the state in force at its mark, then everything later, in the order of arrival. */
export const pastOf = <T extends KubernetesObject>(specification: Specification<T>): { timeline: Timeline; entry: Entry }[] => {
  const { timeline, subject, mark } = specification;
  const inForce = inForceAt(timeline, subject.name, mark);
  const later = timelinesOf(specification)
    .flatMap((source) => entriesAfter(source, mark).map((entry) => ({ timeline: source, entry })))
    .sort((one, other) => one.entry.sequence - other.entry.sequence);
  return inForce === undefined || inForce.kind === 'deleted' ? later : [{ timeline, entry: inForce }, ...later];
};

/** Every timeline that an expectation looks at, each once. */
export const timelinesOf = <T extends KubernetesObject>({ timeline, nevers }: Specification<T>): Timeline[] => [
  ...new Set<Timeline>([timeline, ...nevers.map(({ other }) => other.timeline)]),
];
