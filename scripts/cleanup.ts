import { runCleanupCommand } from '../e2e/cli/cleanup.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
goOnWithoutReader();

process.exitCode = await runCleanupCommand(process.argv.slice(2));
