import { gone, type StateStep, type StepName } from './history.ts';

/** A function that creates a step and is registered under a name. Its arguments are JSON. */
type NamedState<Given extends unknown[], T> = (...given: Given) => StateStep<T>;

/**
 * Registers a function that creates a step under a name, so that the step can be serialized and created again. Its
 * arguments must be JSON. Throws if the name is already used.
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
 * Creates a step again from its serialized form, with the code that created it originally. Undefined if no loaded
 * file has registered the state.
 */
export const makeStep = ({ state, given }: StepName): StateStep<never> | undefined =>
  state === gone.name?.state ? gone : states.get(state)?.(...given);
