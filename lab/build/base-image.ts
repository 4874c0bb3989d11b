import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, type Part } from '../cache/cache.ts';
import { describeBytes, tellDetail } from '../step.ts';
import { buildCommand } from './command.ts';
import { kernel, placeKernel } from './kernel.ts';
import { nodeRoot } from './node-root.ts';
import { toolsPath } from './tools.ts';

/**
 * How long one boot that imports images may take, and besides for each byte of them (30 MB/s were seen); the
 * lab owns this time-out.
 */
const IMPORT_TIMEOUT_MS = 5 * 60_000;
const SLOWEST_BYTES_PER_MS = 3_000;

/** How long copying a root image may take (4 s were seen); the lab owns this time-out. */
const COPY_TIMEOUT_MS = 5 * 60_000;

/**
 * Hears, line by line, a boot that imports an archive of `size` bytes, and reports how far it is; returns whether
 * a line was said for that alone. First the whole archive is read, then its images are unpacked.
 */
export const hearImport = (size: number): ((line: string) => boolean) => {
  let [read, images, unpacked] = [0, 0, 0];
  return (line) => {
    const [, what, number] = /lab-init: import (of|read) (\d+)/.exec(line) ?? [];
    if (what === 'of') images = Number(number);
    // The disk is read a little besides: so that its driver stays awake.
    if (what === 'read') read = Math.min(size, Number(number));
    // What else is said may come between the two halves of ctr's line.
    if (/^(unpacking \S+ \(\S+\)\.*)?done\s*$/.test(line)) unpacked += 1;
    else if (what === undefined) return false;
    tellDetail(describeBytes({ done: read, all: size }, `${unpacked} of ${images} images`));
    return what !== undefined;
  };
};

/**
 * Boots a root image once, with an image archive as its second disk, which its init imports before it powers
 * off.
 *
 * The booted kernel's memory is a file, on a tmpfs that only this boot sees: /dev/shm may be small, or not
 * there.
 */
const importArchive = async (dir: string, archive: string): Promise<void> => {
  const kernelDir = await cached(await kernel());
  const linux = await placeKernel({ kernel: kernelDir, tools: await toolsPath(), into: dir });
  const memory = join(dir, 'memory');
  await mkdir(memory);
  // All from this folder: a kernel reads its arguments as words, and a cache's path may have a space in it.
  await symlink(archive, join(dir, 'images.tar'));
  const disks = ['ubd0=root.ext4', 'ubd1r=images.tar'];
  const console = ['con=null', 'con0=null,fd:1'];
  const boot = [
    'mem=2048M',
    ...linux.flags,
    ...disks,
    'root=/dev/ubda',
    'rw',
    'init=/usr/sbin/lab-init',
    'lab.mode=import',
    ...console,
  ];
  const inNamespace = [
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    'mount -t tmpfs -o size=100%,mode=0700 memory "$TMPDIR" && "$@"',
    'sh',
  ];
  const { size } = await stat(archive);
  const said = await buildCommand(
    'unshare',
    [...inNamespace, linux.path, ...boot, 'uml_dir=memory/', 'umid=import'],
    {
      folder: dir,
      cwd: dir,
      timeout: IMPORT_TIMEOUT_MS + Math.ceil(size / SLOWEST_BYTES_PER_MS),
      env: { TMPDIR: memory },
      onLine: hearImport(size),
    },
  );
  if (!said.includes('import done')) {
    const end = said.split('\n').slice(-30).join('\n');
    throw new Error(`${archive} could not be imported into the nodes' image; the boot said:\n${end}`);
  }
  for (const name of ['linux', 'images.tar', 'memory'])
    await rm(join(dir, name), { recursive: true, force: true });
};

/** The nodes' root image (`root.ext4`) with one more image archive in its containerd. */
const withArchive = (root: Part, archive: Part): Part => ({
  name: `root-with-${archive.name}`,
  inputs: { root: root.inputs, archive: archive.inputs },
  build: async (dir) => {
    const copy = [
      '--sparse=always',
      '--reflink=auto',
      join(await cached(root), 'root.ext4'),
      join(dir, 'root.ext4'),
    ];
    await buildCommand('cp', copy, { folder: dir, timeout: COPY_TIMEOUT_MS });
    await importArchive(dir, join(await cached(archive), 'images.tar'));
  },
});

/**
 * The root image that nodes boot from: the system, then archive after archive (each a part with an
 * `images.tar`).
 *
 * Each archive is a step of its own in the cache, so that one that changes often is put last and costs one
 * short boot.
 */
export const baseImage = async (archives: readonly Part[]): Promise<Part> =>
  archives.reduce(withArchive, await nodeRoot());
