import { runDocsCommand } from '../e2e/command/docs.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = runDocsCommand(process.argv.slice(2));
