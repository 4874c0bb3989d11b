import { runReportCommand } from '../e2e/cli/report.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runReportCommand(process.argv.slice(2));
