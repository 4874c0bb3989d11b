import { chmod, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Devices, flushDevice } from '../../../emulator/engine/device.ts';
import { readBehaviour, readEmulatedVersion } from '../../../emulator/environment.ts';
import { createLog } from '../../../emulator/log.ts';
import { startManager } from '../../../emulator/manager/start.ts';
import { clockVariable } from './local-longhorn-variable.ts';

/** The settings of a manager that runs as a plain process, as JSON in its first argument. */
export type LocalManager = {
  node: string;
  ip: string;
  dataRoot: string;
  server: string;
  ca: string;
  token: string;
};

/**
 * Devices that are the volume's head itself, under the name a real one would have; for a machine on which
 * nothing may be attached.
 */
const fileDevices = (hostDev: string): Devices => {
  const path = (volume: string): string => `${hostDev}/longhorn/${volume}`;
  return {
    path,
    attach: async (volume, image) => {
      if ((await readlink(path(volume)).catch(() => '')) === image) return;
      await mkdir(dirname(path(volume)), { recursive: true });
      await rm(path(volume), { force: true });
      await symlink(image, path(volume));
    },
    grow: () => Promise.resolve(),
    detach: (volume) => rm(path(volume), { force: true }),
    sync: async () => {},
    whileFrozen: (_, work) => work().then(() => false),
    thawAll: async () => {},
    trim: async () => {},
    flush: (volume) => flushDevice(path(volume)),
  };
};

const { node, ip, dataRoot, server, ca, token }: LocalManager = JSON.parse(process.argv[2] ?? '');

await mkdir(dataRoot, { recursive: true });
const command = join(dataRoot, 'longhorn-of-this-test');
const target = new URL('./local-longhorn.ts', import.meta.url);
// As the bundled command (emulator/bundle.ts).
await writeFile(
  command,
  `#!${process.execPath} --single-threaded\nimport(${JSON.stringify(target.href)});\n`,
);
await chmod(command, 0o755);

const { clock, mutant } = readBehaviour(process.env);
const given = process.env[clockVariable];

await startManager({
  // Shorter still than the fast clock: only how often the managers look again, nothing a deletion's process
  // goes by.
  clock: given ? JSON.parse(given) : { ...clock, resync: 1_000, deletionBackoffMin: 3_000, monitorPoll: 200 },
  mutant,
  version: readEmulatedVersion(process.env),
  access: { server, ca, token: () => token },
  node,
  ip,
  devices: fileDevices(join(dataRoot, 'dev')),
  dataRoot,
  job: { image: 'none', environment: {} },
  command: { file: command, companionFiles: [] },
  log: createLog((line) => process.stdout.write(line)),
  signal: new AbortController().signal,
});
