import { runFleetCommand } from '../e2e/command/fleet.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exit(await runFleetCommand(process.argv.slice(2)));
