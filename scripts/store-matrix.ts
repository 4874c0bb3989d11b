import { runStoreMatrixCommand } from '../e2e/cli/store-matrix.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';
import { emulatorEngine, realEngine } from '../providers/matrix-engine.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runStoreMatrixCommand(process.argv.slice(2), {
  emulator: emulatorEngine,
  real: realEngine,
});
