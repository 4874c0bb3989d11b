import { runMergeReportsCommand } from '../e2e/cli/merge-reports.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runMergeReportsCommand(process.argv.slice(2));
