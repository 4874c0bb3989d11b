const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code of an interrupted run. */
export const interruptedExitCode = 4;

/**
 * Hands the signals that end a process to `first` and, when they come again, to `again`, instead of whoever
 * listened before: vitest would leave at once, and with it everybody who could still clean up. Returns the
 * way back.
 */
export const takeSignals = (handlers: {
  first: (signal: string) => void;
  again: () => void;
}): (() => void) => {
  let came = false;
  const onSignal = (signal: string) => {
    if (came) return handlers.again();
    came = true;
    handlers.first(signal);
  };
  for (const signal of signals) process.removeAllListeners(signal).on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
};

/**
 * Does work that starts listening to those signals, and takes its listeners away again: who took the signals
 * before keeps them.
 */
export const keepSignals = async <T>(work: () => Promise<T>): Promise<T> => {
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const result = await work();
  for (const signal of signals) {
    for (const listener of process.listeners(signal))
      if (!before.has(listener)) process.off(signal, listener);
  }
  return result;
};

/** Says that a run was interrupted, and what happens now. */
export const describeBreak = (by: string, { cleansUp }: { cleansUp: boolean }): string =>
  `Interrupted by ${by}: ${cleansUp ? 'cleaning up' : 'the cluster goes down'}`;
