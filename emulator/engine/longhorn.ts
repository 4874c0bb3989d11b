import { readBehaviour } from '../environment.ts';
import { toldByManager } from './child.ts';
import { runCommand } from './command.ts';
import { nodeMounts } from './mount.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  ...readBehaviour(process.env),
  mounts: nodeMounts(),
  environment: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  told: toldByManager,
});
