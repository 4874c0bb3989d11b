import { runDocsCommand } from '../e2e/command/docs.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = runDocsCommand(process.argv.slice(2));
