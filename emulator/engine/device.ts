import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
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

// What a loop device has, from the kernel: a container's /dev does not show the devices made after its start.
const ofLoop = (loop: string, file: string): Promise<string> =>
  readFile(`/sys/block/${loop}/${file}`, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );

const loopOf = async (image: string): Promise<string | undefined> => {
  const loops = (await readdir('/sys/block')).filter((name) => /^loop\d+$/.test(name));
  const images = await Promise.all(loops.map((loop) => ofLoop(loop, 'loop/backing_file')));
  return loops[images.indexOf(image)];
};

/**
 * Runs losetup on a loop device, with a node for it in /dev. Never in a mount namespace of its own: that
 * would copy the mounts of backup stores, and whoever ends with the last copy of one whose server is gone
 * waits for that server, for a minute and more.
 */
const losetup = async (loop: string, args: (device: string) => string[]): Promise<void> => {
  const device = `/dev/${loop}`;
  if (!(await stat(device).catch(() => undefined))?.isBlockDevice()) {
    const [major = '7', minor = loop.slice('loop'.length)] = (await ofLoop(loop, 'dev'))
      .split(':')
      .filter(Boolean);
    await run('mknod', [device, 'b', major, minor]);
  }
  await run('losetup', args(device));
};

// Somebody else of the node may take the same one: then it is the next one's turn. One that does not exist
// yet is made when it is opened.
const takeLoop = async (image: string, from = 0): Promise<string> => {
  const loop = `loop${from}`;
  if ((await ofLoop(loop, 'loop/backing_file')) !== '') return takeLoop(image, from + 1);
  try {
    // Past the page cache, which already has the device's own pages: a second copy of a volume is more than a
    // small node can hold.
    await losetup(loop, (device) => ['--direct-io=on', device, image]);
    return loop;
  } catch (error) {
    if (/busy/i.test((error as Error).message)) return takeLoop(image, from + 1);
    throw error;
  }
};

// Whether the device is there already, asked without a process: this is looked at with every resync.
const isAttached = async (device: string, image: string): Promise<boolean> => {
  const found = await stat(device).catch(() => undefined);
  if (!found?.isBlockDevice()) return false;
  const major = (found.rdev >> 8) & 0xfff;
  const minor = (found.rdev & 0xff) | ((found.rdev >> 12) & 0xfff00);
  const backing = await readFile(`/sys/dev/block/${major}:${minor}/loop/backing_file`, 'utf8').catch(
    () => '',
  );
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
      const loop = (await loopOf(image)) ?? (await takeLoop(image));
      const [major = '', minor = ''] = (await ofLoop(loop, 'dev')).split(':');
      await mkdir(dirname(path(volume)), { recursive: true });
      // In one step from an old device to the new one: who writes to a name that is missing makes an ordinary
      // file of it.
      const node = `${path(volume)}.new`;
      await rm(node, { force: true });
      await run('mknod', ['-m', '660', node, 'b', major, minor]);
      await rename(node, path(volume));
    },
    detach: async (volume, image) => {
      const loop = await loopOf(image);
      if (loop) await losetup(loop, (device) => ['--detach', device]);
      await rm(path(volume), { force: true });
    },
    flush: (volume) => flushDevice(path(volume)),
  };
};
