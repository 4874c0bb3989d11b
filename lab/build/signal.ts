import { AsyncLocalStorage } from 'node:async_hooks';

const signals = new AsyncLocalStorage<AbortSignal | undefined>();

/** Runs work whose builds end when the signal aborts, including builds of artifacts that other artifacts need. */
export const withBuildSignal = <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> =>
  signals.run(signal, work);

/** The signal that ends the current builds. */
export const buildSignal = (): AbortSignal | undefined => signals.getStore();
