import { runReportCommand } from '../e2e/command/report.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runReportCommand(process.argv.slice(2));
