import { runFleetCommand } from '../e2e/command/fleet.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
goOnWithoutReader();

process.exit(await runFleetCommand(process.argv.slice(2)));
