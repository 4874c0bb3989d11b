import { gone, type StateStep, type StepName } from './history.ts';

/** A way to make a step, known by its own name; what it is given is JSON. */
export type NamedState<Given extends unknown[], T> = (...given: Given) => StateStep<T>;

/**
 * Gives a way to make a step a name, under which the step can be written down and made again. What it is
 * given must be JSON.
 */
export const namedState = <Given extends unknown[], T>(
  name: string,
  make: (...given: Given) => Omit<StateStep<T>, 'name'>,
): NamedState<Given, T> => {
  const named = (...given: Given): StateStep<T> => ({ ...make(...given), name: { state: name, given } });
  if (states.has(name)) throw new TypeError(`there are two states named ${name}`);
  states.set(name, named);
  return named;
};

// biome-ignore lint/suspicious/noExplicitAny: states of objects of any kind, made of whatever JSON holds.
const states = new Map<string, NamedState<any[], any>>();

/**
 * Makes a step again from its name: the very code that judged it the first time. Undefined for a state to which no
 * file that was read has given a name.
 */
export const makeStep = ({ state, given }: StepName): StateStep<never> | undefined =>
  state === gone.name?.state ? gone : states.get(state)?.(...given);
