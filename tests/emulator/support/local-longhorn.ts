import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../../../emulator/backupstore/errors.ts';
import { toldByManager } from '../../../emulator/engine/child.ts';
import { runCommand } from '../../../emulator/engine/command.ts';
import { readBehaviour } from '../../../emulator/environment.ts';
import { clockVariable, storeVariable } from './local-longhorn-variable.ts';

const { clock, mutant } = readBehaviour(process.env);
const given = process.env[clockVariable];

// The longhorn command as the emulator has it, but for the mount: its stores are folders of this machine. A file beside one, NAME.down, makes it fail, and grows with each try.
process.exitCode = await runCommand(process.argv.slice(2), {
  clock: given ? JSON.parse(given) : clock,
  mutant,
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
  err: (text) => process.stderr.write(text),
  told: toldByManager,
});
