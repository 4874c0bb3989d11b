import { readBehaviour } from '../environment.ts';
import { waitForStartSignal } from './child.ts';
import { runEngineCommand } from './command.ts';
import { createNodeMounts } from './mount.ts';

// A run starts some 150 of these, and on a lab node each module of Node takes milliseconds to read. So
// modules that a deletion on a mounted store does not need are loaded on first use: a tenth of its start.
// There is no top-level await, because the CommonJS bundle cannot have one.
void runEngineCommand(process.argv.slice(2), {
  ...readBehaviour(process.env),
  mounts: createNodeMounts(),
  environment: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  untilReleased: () => waitForStartSignal(process.env),
}).then((exitCode) => {
  process.exitCode = exitCode;
  // A replica that has failed with the others may still wait for the store. All output is written before.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
});
