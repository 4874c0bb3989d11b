import type { KubernetesObject } from '../kube/objects.ts';
import { shorten } from '../kube/text.ts';
import { gone, matchesStep, type Observation, type StateStep } from './history.ts';
import type { Decision, Specification } from './specification.ts';
import type { ObjectEntry } from './timeline.ts';
import type { SequenceStep } from './verdict.ts';

/** The progress of an expectation through its steps. */
type Sequence<T extends KubernetesObject> = {
  take(observation: Observation<T>): Decision | undefined;
  readonly steps: SequenceStep[];
  /** The missing step and the current state, as text for a wait that ends without it. */
  awaiting(): string;
};

// A sentence names only the last states, shortened. The table below it is longer.
const longestState = 100;
const mostStates = 5;

/**
 * Follows the steps of an expectation through the states of one object.
 *
 * - A state that matches the next step reaches it. One that matches the current step changes nothing.
 * - Any other state breaks the sequence at once, unless it is allowed.
 * - Before the first step any state is allowed. But if the object enters the state of a later step, a step was
 *   skipped.
 * - A deletion breaks the sequence unless `gone` is next. So does another object with the same name.
 * - A state after a gap is not provable.
 */
export const createSequence = <T extends KubernetesObject>({
  subject,
  steps,
  allowed,
  starts,
}: Specification<T>): Sequence<T> => {
  if (steps.length === 0) throw new TypeError(`nothing is expected of ${subject.label}: no step is given`);
  if (steps.slice(0, -1).includes(gone))
    throw new TypeError(`gone ends the history of ${subject.label}: it can only be the last step`);
  let position = -1;
  let before: ObjectEntry<T> | undefined;
  const seen: string[] = [];
  const reports: SequenceStep[] = steps.map(({ label }) => ({ label }));
  const next = (): StateStep<T> => steps[position + 1] as StateStep<T>;
  const say = (entry: ObjectEntry<T>): string => shorten(subject.describe(entry.object), longestState);

  // On two aligned lines, so that the difference is easy to see.
  const unlike = (expected: string, got: string): string =>
    `Expected: ${subject.label} goes ${expected}\nGot:      ${got}`;

  const judge = (entry: ObjectEntry<T>): string | undefined => {
    if (before !== undefined && before.object.metadata.uid !== entry.object.metadata.uid) {
      return unlike(
        next().label,
        `another object: ${subject.name} was made again (uid ${before.object.metadata.uid}, now ${entry.object.metadata.uid})`,
      );
    }
    if (matchesStep(entry, next())) {
      position += 1;
      reports[position] = {
        label: steps[position]?.label ?? '',
        reached: { at: entry.at, resourceVersion: entry.resourceVersion },
      };
      return undefined;
    }
    if (entry.kind === 'deleted') return unlike(next().label, `it was deleted${soFar()}`);
    if (allowed.some((step) => matchesStep(entry, step))) return undefined;
    const present = steps[position];
    if (present !== undefined)
      return matchesStep(entry, present)
        ? undefined
        : unlike(`${next().label} after ${present.label}`, say(entry));
    return judgeStart(entry);
  };
  const judgeStart = (entry: ObjectEntry<T>): string | undefined => {
    if (starts !== undefined) {
      if (starts.some((step) => matchesStep(entry, step))) return undefined;
      const may = starts.map(({ label }) => label).join(', ');
      return unlike(`${next().label}, and is only ${may} before`, say(entry));
    }
    const entered = steps
      .slice(1)
      .find((step) => matchesStep(entry, step) && before !== undefined && !matchesStep(before, step));
    return entered && unlike(`${next().label} before ${entered.label}`, `${say(entry)}${soFar()}`);
  };
  const soFar = (): string =>
    seen.length > 0 ? `; until then it was ${seen.slice(-mostStates).join(', then ')}` : '';

  return {
    steps: reports,
    take: ({ entry, lost: [lost] }) => {
      if (lost !== undefined)
        return {
          state: 'not-provable',
          at: entry.at,
          reason: `the watch lost what happened to ${subject.label} before ${next().label}: ${lost.reason}`,
        };
      const broken = judge(entry);
      if (broken !== undefined) return { state: 'broken', at: entry.at, reason: broken };
      before = entry;
      const described = say(entry);
      if (seen.at(-1) !== described) seen.push(described);
      return position === steps.length - 1
        ? {
            state: 'met',
            at: entry.at,
            reason: `${subject.label} went ${steps.map(({ label }) => label).join(', ')}`,
          }
        : undefined;
    },
    awaiting: () =>
      `${next().label} was not reached; ${before === undefined ? `${subject.label} was never seen` : `${subject.label} is still ${say(before)}`}`,
  };
};
