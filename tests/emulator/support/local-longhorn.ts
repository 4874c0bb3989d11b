import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../../../emulator/backupstore/errors.ts';
import { waitForStartSignal } from '../../../emulator/engine/child.ts';
import { runEngineCommand } from '../../../emulator/engine/command.ts';
import { readBehaviour } from '../../../emulator/environment.ts';
import { clockVariable, storeVariable } from './local-longhorn-variable.ts';

const { clock, mutant } = readBehaviour(process.env);
const given = process.env[clockVariable];

const held = `${process.env[storeVariable]}/hold`;
let isCollecting = false;
// Stands still, as on a slow store, when the volume's blocks are listed and none is removed yet.
const holdRemoval = (line: string): void => {
  isCollecting ||= line.includes('GC started');
  if (!isCollecting || !/"Saved config in backupstore" filepath=\S+volume\.cfg/.test(line)) return;
  while (existsSync(held)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
};

// The longhorn command as the emulator has it, but for the mount: its stores are folders of this machine. A
// file beside one, NAME.down, makes it fail, and grows with each try. A file `hold` beside them makes each
// removal of a volume's last backup wait before its blocks for as long as it is there.
process.exitCode = await runEngineCommand(process.argv.slice(2), {
  clock: given ? JSON.parse(given) : clock,
  mutant,
  environment: process.env,
  mounts: {
    mount: async (url) => {
      // A server that answers nobody: the command hangs until somebody kills it.
      if (url.endsWith('/stalled')) await sleep(600_000);
      const root = (process.env[storeVariable] ?? '') + url.slice(url.lastIndexOf(':') + 1);
      if (existsSync(`${root}.down`)) {
        await appendFile(`${root}.down`, '.');
        throw new StoreError('cannot mount');
      }
      await mkdir(root, { recursive: true });
      return root;
    },
    unmount: async () => undefined,
  },
  out: (text) => process.stdout.write(text),
  err: (text) => {
    process.stderr.write(text);
    holdRemoval(text);
  },
  untilReleased: () => waitForStartSignal(process.env),
});
