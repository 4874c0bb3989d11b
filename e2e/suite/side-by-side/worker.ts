import type { RunnerTestFile, RunnerTestSuite, WorkerGlobalState } from 'vitest';
import { init, runBaseTests, setupEnvironment } from 'vitest/worker';
import type { RunConfig } from '../../config/config.ts';
import { type Locks, openLocks } from '../exclusive/locks.ts';

// The process that runs all scenarios. Vitest's own runs files one after the other, also where none of them
// has a process of its own.

declare module 'vitest' {
  interface ProvidedContext {
    corralConfig: RunConfig;
    /** The kind of stores that was chosen, also where there is no run yet. */
    corralStore: string | undefined;
    corralLocks: Locks;
    /** Called with each file that was collected; resolves when its tests may begin. */
    corralCollected: ((files: readonly RunnerTestFile[]) => Promise<void>) | undefined;
  }
}

type Traces = Parameters<typeof runBaseTests>[2];

const countScenarios = ({ tasks }: Pick<RunnerTestSuite, 'tasks'>): number =>
  tasks.reduce((sum, task) => {
    if (task.type === 'suite') return sum + countScenarios(task);
    return sum + (task.mode === 'run' && task.meta.corral !== undefined ? 1 : 0);
  }, 0);

/**
 * Collects the files one after the other, as vitest knows of one at a time, and then runs all of them at once;
 * with one worker, each is run before the next is collected.
 */
const run = async (state: WorkerGlobalState, traces: Traces): Promise<void> => {
  const { ctx, providedContext } = state;
  const { corralConfig: config } = providedContext as { corralConfig: RunConfig };
  const locks = await openLocks(config);
  let cancelled = false;
  state.onCancel(() => {
    cancelled = true;
  });
  const all = Promise.withResolvers<void>();
  const runFile = (file: (typeof ctx.files)[number], collected: () => void): Promise<void> => {
    const corralCollected = async (files: readonly RunnerTestFile[]): Promise<void> => {
      collected();
      if (config.workers === 1) return;
      for (const each of files) locks.awaits(countScenarios(each));
      await all.promise;
    };
    const own = {
      ctx: { ...ctx, files: [file] },
      durations: { ...state.durations },
      providedContext: { ...providedContext, corralLocks: locks, corralCollected },
    };
    return runBaseTests('run', { ...state, ...own }, traces);
  };
  const runs: Promise<void>[] = [];
  for (const file of ctx.files) {
    if (cancelled) break;
    const { promise: collected, resolve } = Promise.withResolvers<void>();
    const ended = runFile(file, resolve);
    runs.push(ended);
    // Where it cannot even be collected, it ends without.
    await (config.workers === 1 ? ended : Promise.race([collected, ended])).catch(() => {});
  }
  all.resolve();
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  locks.close();
  if (failed?.status === 'rejected') throw failed.reason;
};

const exit = process.exit.bind(process);

init({
  // The process that reads them may be gone before this one.
  post: (message) => void (process.connected && process.send?.(message)),
  on: (listener) => void process.on('message', listener),
  off: (listener) => void process.off('message', listener),
  setup: setupEnvironment,
  // Vitest has just had `process.exit` throw.
  onModuleRunner: () => {
    process.exit = exit;
  },
  runTests: run,
  collectTests: (state, traces) => runBaseTests('collect', state, traces),
  teardown: () => void process.removeAllListeners('message'),
});
