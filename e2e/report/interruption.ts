const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of an interrupted run. */
export const interruptedExitCode = 4;

/** The reason of an abort by a signal. */
export class InterruptedBy extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/**
 * Handles the signals that end a process: `first` gets the first one, `later` each further one. It removes all other
 * listeners, because vitest's would exit at once and prevent the cleanup. Returns a function that removes the handlers.
 */
export const handleSignals = (handlers: {
  first: (signal: NodeJS.Signals) => void;
  later: () => void;
}): (() => void) => {
  let came = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (came) return handlers.later();
    came = true;
    handlers.first(signal);
  };
  for (const signal of signals) {
    const others = process.listeners(signal);
    // Added before the others are removed: without any listener, a signal that has just come would be lost.
    process.on(signal, onSignal);
    for (const other of others) process.off(signal, other);
  }
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
};

/**
 * Runs work that adds listeners for these signals, and removes those listeners afterwards. Earlier listeners remain.
 */
export const withoutNewSignalHandlers = async <T>(work: () => Promise<T>): Promise<T> => {
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const result = await work();
  for (const signal of signals) {
    for (const listener of process.listeners(signal))
      if (!before.has(listener)) process.off(signal, listener);
  }
  return result;
};

/** Describes the interruption of a run and what happens next. */
export const describeInterruption = (by: string, { cleansUp }: { cleansUp: boolean }): string =>
  `Interrupted by ${by}: ${cleansUp ? 'cleaning up' : 'the cluster goes down'}`;
