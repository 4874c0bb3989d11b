import type { RunnerTestFile, RunnerTestSuite, WorkerGlobalState } from 'vitest';
import { init, runBaseTests, setupEnvironment } from 'vitest/worker';
import type { RunConfig } from '../../config/config.ts';
import { type Locks, openLocks } from '../exclusive/locks.ts';

// The process that runs all scenarios. Vitest's own worker runs its files one after the other, even without isolation.

declare module 'vitest' {
  interface ProvidedContext {
    corralConfig: RunConfig;
    /** The chosen kind of stores. Set even if there is no run yet. */
    corralStore: string | undefined;
    corralLocks: Locks;
    /** Called with each collected file. Resolves when its tests may begin. */
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
 * Collects the files one after the other, because vitest collects one at a time, and then runs all in parallel. With
 * one worker, each file runs before the next is collected.
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
    // A file that cannot be collected ends without calling `collected`.
    await (config.workers === 1 ? ended : Promise.race([collected, ended])).catch(() => {});
  }
  all.resolve();
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  locks.close();
  if (failed?.status === 'rejected') throw failed.reason;
};

const exit = process.exit.bind(process);

init({
  // The receiving process may already be gone.
  post: (message) => void (process.connected && process.send?.(message)),
  on: (listener) => void process.on('message', listener),
  off: (listener) => void process.off('message', listener),
  setup: setupEnvironment,
  // Restores `process.exit`, which vitest has replaced by a function that throws.
  onModuleRunner: () => {
    process.exit = exit;
  },
  runTests: run,
  collectTests: (state, traces) => runBaseTests('collect', state, traces),
  teardown: () => void process.removeAllListeners('message'),
});
