const orphaned = new AbortController();
process.once('disconnect', () => orphaned.abort(new Error('the process that runs the scenarios has ended')));

// A terminal sends Ctrl-C to every process of its group. This process ignores it: the runner stops it after the
// cleanup.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

/** Aborts when the parent process has ended, so that nobody can report results. Scenarios can still clean up. */
export const orphanedSignal = orphaned.signal;

let running = 0;

/**
 * Counts a scenario as running. Returns a function to call after its cleanup. In an orphaned process that function
 * never returns: vitest's runner would fail without its parent and stop the cleanup of other scenarios. The last
 * scenario ends the process.
 */
export const stayUntilDone = (): (() => Promise<void>) => {
  running += 1;
  return async () => {
    running -= 1;
    if (!orphanedSignal.aborted) return;
    if (running === 0) process.exit(1);
    await new Promise(() => {});
  };
};
