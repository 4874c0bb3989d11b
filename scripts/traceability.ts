import { runTraceabilityCommand } from '../e2e/command/traceability.ts';

process.exitCode = runTraceabilityCommand();
