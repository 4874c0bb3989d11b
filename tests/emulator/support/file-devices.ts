import { mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Devices, flushDevice } from '../../../emulator/engine/device.ts';

/**
 * Devices that are the volume's head itself, under the name a real one would have; for a machine on which
 * nothing may be attached.
 */
export const fileDevices = (hostDev: string): Devices => {
  const path = (volume: string): string => `${hostDev}/longhorn/${volume}`;
  return {
    path,
    attach: async (volume, image) => {
      if ((await readlink(path(volume)).catch(() => '')) === image) return;
      await mkdir(dirname(path(volume)), { recursive: true });
      await rm(path(volume), { force: true });
      await symlink(image, path(volume));
    },
    detach: (volume) => rm(path(volume), { force: true }),
    flush: (volume) => flushDevice(path(volume)),
  };
};
