import { runHealCommand } from '../e2e/cli/heal.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
goOnWithoutReader();

process.exitCode = await runHealCommand(process.argv.slice(2));
