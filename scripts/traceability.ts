import { runTraceabilityCommand } from '../e2e/command/traceability.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = runTraceabilityCommand(process.argv.slice(2));
