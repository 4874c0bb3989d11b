const orphaned = new AbortController();
process.once('disconnect', () => orphaned.abort(new Error('the process that runs the scenarios has ended')));

// A terminal sends Ctrl-C to every process of its group. This one stays: the runner stops it, and
// cleanup comes first.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

/** Aborts when nobody is left to say how a scenario ended; but what it made can still go. */
export const orphanedSignal = orphaned.signal;

let atWork = 0;

/**
 * Notes that a scenario is at work; returns how to say that it has cleaned up. In an orphaned process that
 * never returns: the runner's part of it would fail for want of its other end, and take along the scenarios
 * that are still cleaning up. The last one ends the process.
 */
export const stayUntilDone = (): (() => Promise<void>) => {
  atWork += 1;
  return async () => {
    atWork -= 1;
    if (!orphanedSignal.aborted) return;
    if (atWork === 0) process.exit(1);
    await new Promise(() => {});
  };
};
