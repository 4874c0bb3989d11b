import { readBehaviour } from '../environment.ts';
import { untilReleasedByManager } from './child.ts';
import { runEngineCommand } from './command.ts';
import { nodeMounts } from './mount.ts';

// Some 150 of these are started in a run, and on a lab's node each module of Node's takes milliseconds to read:
// those that a deletion on a mounted store has no need of are read where they are called (a tenth of its start).
// Not awaited: what is bundled as CommonJS cannot be, at its top.
void runEngineCommand(process.argv.slice(2), {
  ...readBehaviour(process.env),
  mounts: nodeMounts(),
  environment: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  untilReleased: untilReleasedByManager,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
