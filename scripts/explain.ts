import { runExplainCommand } from '../e2e/command/explain.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = await runExplainCommand(process.argv.slice(2));
