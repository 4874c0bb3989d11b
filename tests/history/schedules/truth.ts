import type { Question } from './schedule.ts';
import type { Happened, Store } from './store.ts';

/** The correct answer to a question, and the version that decides it. */
export type TrueAnswer = { state: 'met' | 'broken' | 'timed-out'; version: number };

type Moment = { version: number; state: string; uid: string };

/**
 * Answers a question from the complete history between two versions.
 *
 * It follows the description of expectations, uses only states and versions, and shares no code with what it checks.
 */
export const trueAnswer = (
  store: Store,
  question: Question,
  { from, to }: { from: number; to: number },
): TrueAnswer => {
  const moments = momentsOf(store, question.name, { from, to });
  const steps = decideSteps(question, moments);
  const { never } = question;
  const clash = never && firstClash(store, question.name, never, { from, to: Math.min(to, steps.version) });
  return clash === undefined ? steps : { state: 'broken', version: clash };
};

const momentsOf = (store: Store, name: string, { from, to }: { from: number; to: number }): Moment[] => {
  const start = store.objectsAt(from).find(({ metadata }) => metadata.name === name);
  const later = store.history.filter(
    ({ version, object }) => version > from && version <= to && object.metadata.name === name,
  );
  const first: Happened[] = start === undefined ? [] : [{ type: 'ADDED', version: from, object: start }];
  return [...first, ...later].map(toMoment);
};

const toMoment = ({ type, version, object }: Happened): Moment => ({
  version,
  state: type === 'DELETED' ? 'gone' : object.status.state,
  uid: object.metadata.uid ?? '',
});

const decideSteps = ({ steps, allowing, startingAs }: Question, moments: Moment[]): TrueAnswer => {
  let reached = 0;
  for (const [index, { version, state, uid }] of moments.entries()) {
    const before = moments[index - 1];
    const isNew = before !== undefined && before.uid !== uid;
    if (!isNew && state === steps[reached]) {
      reached += 1;
      if (reached === steps.length) return { state: 'met', version };
      continue;
    }
    const mayBe =
      allowing.includes(state) || (reached > 0 ? state === steps[reached - 1] : mayStart(state, before));
    if (isNew || state === 'gone' || !mayBe) return { state: 'broken', version };
  }
  return { state: 'timed-out', version: Number.POSITIVE_INFINITY };

  function mayStart(state: string, before: Moment | undefined): boolean {
    if (startingAs !== undefined) return startingAs.includes(state);
    return before === undefined || before.state === state || !steps.slice(1).includes(state);
  }
};

const firstClash = (
  store: Store,
  name: string,
  { step, other, is }: NonNullable<Question['never']>,
  { from, to }: { from: number; to: number },
): number | undefined => {
  const all = [from, ...store.history.map(({ version }) => version)];
  const versions = all.filter((version) => version >= from && version <= to);
  return versions.find((version) => {
    const stateOf = (one: string) =>
      store.objectsAt(version).find(({ metadata }) => metadata.name === one)?.status.state;
    return stateOf(name) === step && stateOf(other) === is;
  });
};
