import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStoreMatrixCommand } from '../e2e/cli/store-matrix.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

const engine = fileURLToPath(new URL('../emulator/engine/longhorn.ts', import.meta.url));

process.exitCode = await runStoreMatrixCommand(process.argv.slice(2), {
  command: [process.execPath, engine],
  environment: {
    CORRAL_EMULATOR_CLOCK: 'fast',
    // A command is hundreds of processes, and of each most would be reading the same code.
    NODE_COMPILE_CACHE: join(tmpdir(), 'corral-compile-cache'),
  },
});
