import { runBugsCommand } from '../e2e/cli/bugs.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runBugsCommand(process.argv.slice(2));
