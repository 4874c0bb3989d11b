import { runStoreCommand } from '../e2e/cli/store/run.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runStoreCommand(process.argv.slice(2));
