import { runReportCommand } from '../e2e/command/report.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = await runReportCommand(process.argv.slice(2));
