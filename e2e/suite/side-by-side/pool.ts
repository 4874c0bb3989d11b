import { fileURLToPath } from 'node:url';
import { ForksPoolWorker, type PoolRunnerInitializer } from 'vitest/node';

const name = 'side-by-side';

class SideBySideWorker extends ForksPoolWorker {
  override readonly name = name;
  protected override readonly entrypoint = fileURLToPath(new URL('./worker.ts', import.meta.url));
}

/** A pool of vitest whose process runs the files that it is given side by side. */
export const sideBySidePool: PoolRunnerInitializer = {
  name,
  createPoolWorker: (options) => new SideBySideWorker(options),
};
