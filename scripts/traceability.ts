import { runTraceabilityCommand } from '../e2e/cli/traceability.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = runTraceabilityCommand(process.argv.slice(2));
