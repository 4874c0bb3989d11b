import { runHealCommand } from '../e2e/command/heal.ts';

process.exitCode = await runHealCommand(process.argv.slice(2));
