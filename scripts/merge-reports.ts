import { runMergeReportsCommand } from '../e2e/command/merge-reports.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = await runMergeReportsCommand(process.argv.slice(2));
