import { runCompareCommand } from '../e2e/cli/compare.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runCompareCommand(process.argv.slice(2));
