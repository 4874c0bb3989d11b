import { gone, type Step, type StepName } from './history.ts';

/** A way to make a step, known by its own name; what it is given is JSON. */
export type NamedState<Given extends unknown[], T> = (...given: Given) => Step<T>;

/**
 * Gives a way to make a step a name, under which the step can be written down and made again. What it is
 * given must be JSON.
 */
export const namedState = <Given extends unknown[], T>(
  name: string,
  make: (...given: Given) => Omit<Step<T>, 'name'>,
): NamedState<Given, T> => {
  const named = (...given: Given): Step<T> => ({ ...make(...given), name: { state: name, given } });
  return Object.defineProperty(named, 'name', { value: name });
};

/** Makes a step again from its name; undefined for one that nobody here knows. */
export type MakeStep = (name: StepName) => Step<never> | undefined;

/**
 * Collects named states, so that any step made by one of them can be made again. Throws where two have the
 * same name.
 */
// biome-ignore lint/suspicious/noExplicitAny: states of objects of any kind, made of whatever JSON holds.
export const collectStates = (states: readonly NamedState<any[], any>[]): MakeStep => {
  const byName = new Map(states.map((state) => [state.name, state]));
  if (byName.size < states.length) throw new TypeError('two states have the same name');
  return ({ state, given }) => (state === gone.name?.state ? gone : byName.get(state)?.(...given));
};
