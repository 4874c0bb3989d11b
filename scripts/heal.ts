import { runHealCommand } from '../e2e/command/heal.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
goOnWithoutReader();

process.exitCode = await runHealCommand(process.argv.slice(2));
