import { execFile } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Gives a volume's head a block device on this node, as the engine's frontend does with iSCSI. */
export type Devices = {
  /** Path of the volume's device as this process sees it. */
  path(volume: string): string;
  /** Makes the device unless it is there; the same again after a crash of the manager or the node. */
  attach(volume: string, image: string): Promise<void>;
  /** Removes the device if it is there; fails while somebody has it open. */
  detach(volume: string, image: string): Promise<void>;
  /** Brings what was written to the device without O_DIRECT into its image. */
  flush(volume: string): Promise<void>;
};

// losetup looks for devices in /dev, and a container's own /dev does not show the ones made after its start: it runs with the node's
// /dev bound over it, in a mount namespace of its own.
const losetup = async (hostDev: string, ...args: string[]): Promise<string> => {
  const script = 'mount --bind "$0" /dev && exec losetup "$@"';
  const { stdout } = await run('unshare', ['--mount', '--propagation', 'private', 'bash', '-c', script, hostDev, ...args]);
  return stdout.trim();
};

// Past the page cache, which already has the device's own pages: a second copy of a volume is more than a small node can hold.
const fresh = ['--find', '--show', '--direct-io=on'];

const loopOf = async (hostDev: string, image: string): Promise<string | undefined> =>
  (await losetup(hostDev, '--associated', image, '--noheadings', '--output', 'NAME')).split('\n')[0] || undefined;

// Whether the device is there already, asked without a process: this is looked at with every resync.
const isAttached = async (device: string, image: string): Promise<boolean> => {
  const found = await stat(device).catch(() => undefined);
  if (!found?.isBlockDevice()) return false;
  const major = (found.rdev >> 8) & 0xfff;
  const minor = (found.rdev & 0xff) | ((found.rdev >> 12) & 0xfff00);
  const backing = await readFile(`/sys/dev/block/${major}:${minor}/loop/backing_file`, 'utf8').catch(() => '');
  return backing.trim() === image;
};

/** Writes out what a device, or a file that stands for one, has taken and not yet written. */
export const flushDevice = async (file: string): Promise<void> => {
  const device = await open(file, 'r+');
  try {
    await device.sync();
  } finally {
    await device.close();
  }
};

/** Loop devices of the node whose /dev is at hostDev; a volume's is hostDev/longhorn/NAME. */
export const loopDevices = (hostDev: string): Devices => {
  const path = (volume: string): string => `${hostDev}/longhorn/${volume}`;
  return {
    path,
    attach: async (volume, image) => {
      if (await isAttached(path(volume), image)) return;
      const loop = (await loopOf(hostDev, image)) ?? (await losetup(hostDev, ...fresh, image));
      const [major = '', minor = ''] = (await readFile(`/sys/block/${basename(loop)}/dev`, 'utf8')).trim().split(':');
      await mkdir(dirname(path(volume)), { recursive: true });
      // In one step from an old device to the new one: who writes to a name that is missing makes an ordinary file of it.
      const node = `${path(volume)}.new`;
      await rm(node, { force: true });
      await run('mknod', ['-m', '660', node, 'b', major, minor]);
      await rename(node, path(volume));
    },
    detach: async (volume, image) => {
      const loop = await loopOf(hostDev, image);
      if (loop) await losetup(hostDev, '--detach', loop);
      await rm(path(volume), { force: true });
    },
    flush: (volume) => flushDevice(path(volume)),
  };
};
