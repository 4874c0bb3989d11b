import type { Lamp } from '../lamps.ts';
import type { Stretch } from './check.ts';
import type { Answered, Outcome } from './run-schedule.ts';
import { trueAnswer } from './truth.ts';

/** Returns the verdicts that are wrong, and those that are `not-provable` without a reason. */
export const checkAnswers = (outcome: Outcome, stretches: Stretch[]): string[] =>
  outcome.answers.flatMap((answered) => checkAnswer(answered, outcome, stretches));

const checkAnswer = (answered: Answered, { world: { store } }: Outcome, stretches: Stretch[]): string[] => {
  const { question, from, to, state, reason, until, how } = answered;
  const truth = trueAnswer(store, question, { from: from.version, to });
  const wrong = [
    `${how}: ${JSON.stringify(question)} from ${from.version} is ${state} (${reason}), the truth is ${truth.state} at ${truth.version}`,
  ];
  if (state === 'not-provable')
    return mayWithhold(answered, truth.version, store.objectsAt, stretches) ? [] : wrong;
  // A verdict from the entries so far cannot know that an earlier one is missing.
  const disorder = stretches.find(
    ({ gap }) => gap?.from !== undefined && until >= gap.from && until < gap.sequence,
  );
  if (how === 'live' && disorder !== undefined) return [];
  if (state === 'open')
    return truth.state === 'timed-out' ||
      mayWithhold({ ...answered, until: Infinity }, truth.version, store.objectsAt, stretches)
      ? []
      : wrong;
  return state === truth.state ? [] : wrong;
};

type ObjectsAt = (version: number) => Lamp[];

/**
 * Whether a gap justifies `not-provable`: the question is not decided before the gap, and after it an object has
 * changed.
 */
const mayWithhold = (
  { question, from, until, how }: Answered,
  decided: number,
  objectsAt: ObjectsAt,
  stretches: Stretch[],
): boolean =>
  how === 'asked while cut off' ||
  stretches.some(({ gap, known }, index) => {
    if (gap === undefined || (gap.from ?? gap.sequence) > until || decided <= known) return false;
    if (gap.sequence <= from.sequence) return false;
    const behind = stretches[index + 1]?.from ?? 0;
    if (gap.from !== undefined) return true;
    const isSame = (name: string) => {
      const [before, after] = [known, behind].map((version) =>
        objectsAt(version).find(({ metadata }) => metadata.name === name),
      );
      return before !== undefined && before.metadata.resourceVersion === after?.metadata.resourceVersion;
    };
    if (!isSame(question.name)) return true;
    const { never } = question;
    const state = objectsAt(known).find(({ metadata }) => metadata.name === question.name)?.status.state;
    return never !== undefined && state === never.step && !isSame(never.other);
  });
