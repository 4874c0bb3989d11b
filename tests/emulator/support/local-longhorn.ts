import { mkdir } from 'node:fs/promises';
import { runCommand } from '../../../emulator/engine/command.ts';
import { readBehaviour } from '../../../emulator/environment.ts';
import { storeVariable } from './local-longhorn-variable.ts';

// The longhorn command as the emulator has it, but for the mount: its store is a folder of this machine.
process.exitCode = await runCommand(process.argv.slice(2), {
  ...readBehaviour(process.env),
  mounts: {
    mount: async () => {
      const root = process.env[storeVariable] ?? '';
      await mkdir(root, { recursive: true });
      return root;
    },
    unmountAll: async () => undefined,
  },
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
