import { runHealCommand } from '../e2e/command/heal.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = await runHealCommand(process.argv.slice(2));
