import { runCleanupCommand } from '../e2e/command/cleanup.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = await runCleanupCommand(process.argv.slice(2));
