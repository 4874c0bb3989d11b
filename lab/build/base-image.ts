import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cached, type Part } from '../cache.ts';
import { placeKernel } from './kernel.ts';
import { nodeRoot } from './node-root.ts';

/** How long one boot that imports images may take; the lab owns this time-out. */
const IMPORT_TIMEOUT_MS = 5 * 60_000;

/** Boots a root image once, with an image archive as its second disk, which its init imports before it powers off. */
const importArchive = async (dir: string, archive: string): Promise<void> => {
  const log = join(dir, 'import.log');
  const linux = await placeKernel(dir);
  const disks = [`ubd0=${join(dir, 'root.ext4')}`, `ubd1r=${archive}`];
  const boot = [
    'root=/dev/ubda',
    'rw',
    'init=/usr/sbin/lab-init',
    'lab.mode=import',
    'con=null',
    'con0=null,fd:1',
    `uml_dir=${dir}/`,
    'umid=import',
  ];
  const run = execa(linux, ['mem=2048M', 'seccomp=on', ...disks, ...boot], {
    env: { TMPDIR: '/dev/shm' },
    stdin: 'ignore',
    stdout: { file: log },
    stderr: { file: log },
    reject: false,
    timeout: IMPORT_TIMEOUT_MS,
  });
  const { timedOut } = await run;
  const said = await readFile(log, 'utf8');
  if (!said.includes('import done')) {
    const end = said.split('\n').slice(-30).join('\n');
    throw new Error(`${archive} could not be imported into the nodes' image${timedOut ? ' in 5 min' : ''}; the boot said:\n${end}`);
  }
  for (const name of ['linux', 'import', 'import.log']) await rm(join(dir, name), { recursive: true, force: true });
};

/** The nodes' root image (`root.ext4`) with one more image archive in its containerd. */
const withArchive = (root: Part, archive: Part): Part => ({
  name: `root-with-${archive.name}`,
  inputs: { root: root.inputs, archive: archive.inputs },
  build: async (dir) => {
    await execa('cp', ['--sparse=always', '--reflink=auto', join(await cached(root), 'root.ext4'), join(dir, 'root.ext4')]);
    await importArchive(dir, join(await cached(archive), 'images.tar'));
  },
});

/**
 * The root image that nodes boot from: the system, then archive after archive (each a part with an `images.tar`).
 *
 * Each archive is a step of its own in the cache, so that one that changes often is put last and costs one short boot.
 */
export const baseImage = async (archives: readonly Part[]): Promise<Part> => archives.reduce(withArchive, await nodeRoot());
