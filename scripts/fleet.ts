import { runFleetCommand } from '../e2e/cli/fleet.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
goOnWithoutReader();

process.exit(await runFleetCommand(process.argv.slice(2)));
