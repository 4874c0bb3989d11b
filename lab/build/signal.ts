import { AsyncLocalStorage } from 'node:async_hooks';

const signals = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Does work whose builds end when the signal does, however deep in it they are: a part may be built for
 * another.
 */
export const buildingUntil = <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> =>
  signals.run(signal, work);

/** The signal that the builds under way end with. */
export const buildSignal = (): AbortSignal | undefined => signals.getStore();
