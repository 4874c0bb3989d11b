import { fileURLToPath } from 'node:url';
import { ForksPoolWorker, type PoolRunnerInitializer } from 'vitest/node';

const name = 'side-by-side';

class SideBySideWorker extends ForksPoolWorker {
  override readonly name = name;
  protected override readonly entrypoint = fileURLToPath(new URL('./worker.ts', import.meta.url));
}

/** A vitest pool with one process that runs its files in parallel. */
export const sideBySidePool: PoolRunnerInitializer = {
  name,
  createPoolWorker: (options) => new SideBySideWorker(options),
};
