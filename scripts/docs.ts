import { runDocsCommand } from '../e2e/cli/docs.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = runDocsCommand(process.argv.slice(2));
