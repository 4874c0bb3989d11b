import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { describeBytes, reportProgress } from '../step.ts';
import { buildCommand } from './command.ts';
import { kernelArtifact, placeKernel } from './kernel.ts';
import { nodeRootArtifact } from './node-root.ts';
import { toolsPath } from './tools.ts';

/**
 * Time-out of a boot that imports images: a constant, and a share for each byte (30 MB/s were measured). The
 * lab owns it.
 */
const IMPORT_TIMEOUT_MS = 5 * 60_000;
const SLOWEST_BYTES_PER_MS = 3_000;

/** Time-out of copying a root image (4 s were measured). The lab owns it. */
const COPY_TIMEOUT_MS = 5 * 60_000;

/**
 * Returns a function for each output line of a boot that imports an archive of `size` bytes. It reports the
 * progress, and returns true for lines that contain nothing else. The boot first reads the whole archive and
 * then unpacks its images.
 */
export const createImportListener = (size: number): ((line: string) => boolean) => {
  let [read, images, unpacked] = [0, 0, 0];
  return (line) => {
    const [, what, number] = /lab-init: import (of|read) (\d+)/.exec(line) ?? [];
    if (what === 'of') images = Number(number);
    // The disk is read slightly more than that, to keep its driver awake.
    if (what === 'read') read = Math.min(size, Number(number));
    // Other output may come between the two halves of ctr's line.
    if (/^(unpacking \S+ \(\S+\)\.*)?done\s*$/.test(line)) unpacked += 1;
    else if (what === undefined) return false;
    reportProgress(describeBytes({ done: read, all: size }, `${unpacked} of ${images} images`));
    return what !== undefined;
  };
};

/**
 * Boots a root image once, with an image archive as its second disk. Its init imports the archive and powers
 * off. The memory of the booted kernel is a file on a tmpfs in the boot's own mount namespace, because
 * /dev/shm may be small or missing.
 */
const importArchive = async (dir: string, archive: string): Promise<void> => {
  const kernelDir = await ensureCached(await kernelArtifact());
  const linux = await placeKernel({ kernel: kernelDir, tools: await toolsPath(), into: dir });
  const memory = join(dir, 'memory');
  await mkdir(memory);
  // All paths are relative to this folder: a kernel splits its arguments at spaces, and the cache's path may
  // contain one.
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
      onLine: createImportListener(size),
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
const withArchive = (root: CachedArtifact, archive: CachedArtifact): CachedArtifact => ({
  name: `root-with-${archive.name}`,
  inputs: { root: root.inputs, archive: archive.inputs },
  build: async (dir) => {
    const copy = [
      '--sparse=always',
      '--reflink=auto',
      join(await ensureCached(root), 'root.ext4'),
      join(dir, 'root.ext4'),
    ];
    await buildCommand('cp', copy, { folder: dir, timeout: COPY_TIMEOUT_MS });
    await importArchive(dir, join(await ensureCached(archive), 'images.tar'));
  },
});

/**
 * The root image that nodes boot from: the system, then each archive (an artifact with an `images.tar`). Each archive
 * is a separate step in the cache. So an archive that changes often comes last and costs one short boot.
 */
export const baseImageArtifact = async (archives: readonly CachedArtifact[]): Promise<CachedArtifact> =>
  archives.reduce(withArchive, await nodeRootArtifact());
