import type { Expectation, Verdict } from '../../../e2e/history/expectation.ts';
import type { Timeline } from '../../../e2e/history/timeline.ts';
import { is, type Lamp } from '../lamps.ts';
import type { Observe } from './observe.ts';
import type { Question } from './schedule.ts';

/**
 * A verdict. `open`: the watch was stopped first. `none`: another error came instead. `until`: the last entry that was
 * evaluated.
 */
export type Answer = { state: Verdict['state'] | 'open' | 'none'; reason: string; until: number };

const describe = ({ status }: Lamp) => status.state;

/** Converts a question to an expectation that starts after a sequence. */
export const toExpectation = (
  { expectHistory, gone }: Observe,
  { timeline, question, sequence }: { timeline: Timeline<Lamp>; question: Question; sequence: number },
): Expectation<Lamp> => {
  const { name, steps, allowing, startingAs, never } = question;
  const toStep = (state: string) => (state === 'gone' ? gone : is(state));
  const expected = expectHistory(timeline, { name, label: name, describe })
    .goes(...steps.map(toStep))
    .allowing(...allowing.map(toStep))
    .from(sequence);
  const started = startingAs === undefined ? expected : expected.startingAs(...startingAs.map(toStep));
  return never === undefined
    ? started
    : started.withoutEver(is(never.step)).while({ name: never.other, is: is(never.is) });
};

/** Waits for a verdict of any kind. */
export const answerOf = async (ask: () => Verdict | Promise<Verdict>): Promise<Answer> => {
  try {
    return toAnswer(await ask());
  } catch (error) {
    const { verdict, message } = error as Error & { verdict?: Verdict };
    return verdict === undefined ? { state: 'none', reason: message, until: 0 } : toAnswer(verdict);
  }
};

// All fields of a verdict but `until` are public.
const toAnswer = ({
  state,
  reason,
  until = Number.POSITIVE_INFINITY,
}: Verdict & { until?: number }): Answer => {
  return { state: reason.includes('cannot go on') ? 'open' : state, reason, until };
};
