import { execFile } from 'node:child_process';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes a block device on this node for a volume's head, as the engine's frontend does with iSCSI. */
export type Devices = {
  /** Path of the volume's device in this process's view. */
  path(volume: string): string;
  /** Makes the device unless it exists, also after a crash of the manager or the node. */
  attach(volume: string, image: string): Promise<void>;
  /** Makes the device, if it exists, as large as its image. */
  grow(image: string): Promise<void>;
  /** Removes the device if it exists. Fails while a process has it open. */
  detach(volume: string, image: string): Promise<void>;
  /** Writes what the file systems on the device have buffered. */
  sync(volume: string): Promise<void>;
  /**
   * Runs work while nothing is written to the file system on the device. Fails if that takes too long. Returns whether
   * there is one.
   */
  whileFrozen(volume: string, work: () => Promise<void>): Promise<boolean>;
  /** Thaws the file systems of all volumes of the node. A manager that was killed may have left one frozen. */
  thawAll(): Promise<void>;
  /** Discards what the file system on the device does not use. Throws if there is none. */
  trim(volume: string): Promise<void>;
  /** Writes buffered data (written without O_DIRECT) of the device to its image. */
  flush(volume: string): Promise<void>;
};

// Reads an attribute of a loop device from the kernel. A container's /dev lacks devices made after its start.
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
 * Runs losetup on a loop device, after making its node in /dev. Not in a mount namespace of its own: that
 * would copy the mounts of backup stores. The process that ends with the last copy of a mount waits for its
 * server, for a minute and more if the server is gone.
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

// Another process of the node may take the same loop device: then the next one is tried. The kernel makes a
// missing loop device when it is opened.
const takeLoop = async (image: string, from = 0): Promise<string> => {
  const loop = `loop${from}`;
  if ((await ofLoop(loop, 'loop/backing_file')) !== '') return takeLoop(image, from + 1);
  try {
    // Bypasses the page cache, which already has the device's own pages. A second copy of a volume does not
    // fit into a small node.
    await losetup(loop, (device) => ['--direct-io=on', device, image]);
    return loop;
  } catch (error) {
    if (/busy/i.test((error as Error).message)) return takeLoop(image, from + 1);
    throw error;
  }
};

/** The numbers of a device as the kernel writes them. */
const numberText = (rdev: number): string =>
  `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;

// Whether the device exists. Checked without a child process, because each resync does it.
const isAttached = async (device: string, image: string): Promise<boolean> => {
  const found = await stat(device).catch(() => undefined);
  if (!found?.isBlockDevice()) return false;
  const backing = await readFile(`/sys/dev/block/${numberText(found.rdev)}/loop/backing_file`, 'utf8').catch(
    () => '',
  );
  return backing.trim() === image;
};

// Those of the node itself, where pods have their volumes.
const mountsOf = async (device: string): Promise<string[]> => {
  const number = (await stat(device).catch(() => undefined))?.rdev ?? 0;
  const table = await readFile('/host/proc/1/mountinfo', 'utf8').catch(() => '');
  return table.split('\n').flatMap((line) => {
    const [, , id = '', , path = ''] = line.split(' ');
    return number > 0 && id === numberText(number) ? [path] : [];
  });
};

const onNode = (...command: string[]): Promise<unknown> =>
  run('nsenter', ['--mount=/host/proc/1/ns/mnt', ...command]);

/** A device that is frozen for longer is thawed, so that its users do not wait for a copy that hangs. */
const longestFreeze = 30_000;

// By an open file. It is that of the same file system whatever becomes of the mount, which nobody can remove meanwhile.
const openMount = (mount: string): Promise<FileHandle> => open(`/host/proc/1/root${mount}`, 'r');
const setFrozen = (root: FileHandle, how: '--freeze' | '--unfreeze'): Promise<unknown> =>
  run('fsfreeze', [how, `/proc/${process.pid}/fd/${root.fd}`]);

/** Flushes a device, or a file in place of one. */
export const flushDevice = async (file: string): Promise<void> => {
  const device = await open(file, 'r+');
  try {
    await device.sync();
  } finally {
    await device.close();
  }
};

/** Creates loop devices on the node whose /dev is at hostDev. A volume's device is hostDev/longhorn/NAME. */
export const createLoopDevices = (hostDev: string): Devices => {
  const path = (volume: string): string => `${hostDev}/longhorn/${volume}`;
  // A file system of an encrypted volume is on another device.
  const mountsOfVolume = async (volume: string): Promise<string[]> =>
    (await Promise.all([path(volume), `${hostDev}/mapper/${volume}`].map(mountsOf))).flat();
  return {
    path,
    attach: async (volume, image) => {
      if (await isAttached(path(volume), image)) return;
      const loop = (await loopOf(image)) ?? (await takeLoop(image));
      const [major = '', minor = ''] = (await ofLoop(loop, 'dev')).split(':');
      await mkdir(dirname(path(volume)), { recursive: true });
      // The rename replaces an old device in one step: a process that writes to a missing name would create
      // an ordinary file.
      const node = `${path(volume)}.new`;
      await rm(node, { force: true });
      await run('mknod', ['-m', '660', node, 'b', major, minor]);
      await rename(node, path(volume));
    },
    grow: async (image) => {
      const loop = await loopOf(image);
      if (loop) await losetup(loop, (device) => ['--set-capacity', device]);
    },
    detach: async (volume, image) => {
      const loop = await loopOf(image);
      if (loop) await losetup(loop, (device) => ['--detach', device]);
      await rm(path(volume), { force: true });
    },
    sync: async (volume) => {
      for (const mount of await mountsOfVolume(volume)) await onNode('sync', '-f', mount);
    },
    whileFrozen: async (volume, work) => {
      // Its mounts are all of one file system.
      const [mount] = await mountsOfVolume(volume);
      if (mount === undefined) {
        await work();
        return false;
      }
      const root = await openMount(mount);
      let thawed: Promise<unknown> | undefined;
      const thaw = (): Promise<unknown> => {
        thawed ??= setFrozen(root, '--unfreeze').finally(() => root.close());
        return thawed;
      };
      await setFrozen(root, '--freeze').catch((error: unknown) =>
        root.close().then(() => Promise.reject(error)),
      );
      const timer = setTimeout(() => thaw().catch(() => undefined), longestFreeze);
      try {
        await work();
        if (thawed !== undefined)
          throw new Error(`the file system of volume ${volume} was frozen for too long`);
      } finally {
        clearTimeout(timer);
        await thaw();
      }
      return true;
    },
    thawAll: async () => {
      for (const volume of await readdir(`${hostDev}/longhorn`).catch(() => [])) {
        const [mount] = await mountsOfVolume(volume);
        if (mount === undefined) continue;
        const root = await openMount(mount);
        // It fails if the file system is not frozen.
        await setFrozen(root, '--unfreeze').catch(() => undefined);
        await root.close();
      }
    },
    trim: async (volume) => {
      const [mount] = await mountsOf(path(volume));
      if (mount === undefined)
        throw new Error(`failed to trim filesystem for Volume ${volume}: failed to find valid mountpoint`);
      await onNode('fstrim', mount);
    },
    flush: (volume) => flushDevice(path(volume)),
  };
};
