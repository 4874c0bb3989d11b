import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cached, type Part } from '../cache.ts';
import { unpackPackages } from '../debian/unpack.ts';
import { toolsPath } from './tools.ts';

const suite = 'forky';

/**
 * The User-Mode Linux kernel of the newest Debian that has one with `seccomp=on` (6.16 or newer), with its modules.
 *
 * Its C library is newer than the machine's, and the kernel starts itself again by its own path, so that running it through
 * a dynamic linker does not do: interpreter and library path are written into a copy of it.
 */
export const kernel: Part = {
  name: 'kernel',
  inputs: { suite, packages: ['user-mode-linux', 'libc6'] },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await unpackPackages({ suite, packages: ['user-mode-linux', 'libc6'], dependencies: false, tree });
    await rename(join(tree, 'usr/lib/uml/modules'), join(dir, 'modules'));
    await rename(join(tree, 'usr/lib/x86_64-linux-gnu'), join(dir, 'lib'));
    await copyFile(join(tree, 'usr/bin/linux.uml'), join(dir, 'linux'));
    await rm(tree, { recursive: true });
  },
};

/**
 * Writes a copy of the kernel that finds its C library in the cache, and returns its path.
 *
 * The copy is the lab's own: an interpreter's path is absolute, and the cache may be somewhere else tomorrow.
 */
export const placeKernel = async (into: string): Promise<string> => {
  const dir = await cached(kernel);
  const placed = join(into, 'linux');
  await copyFile(join(dir, 'linux'), placed);
  const library = join(dir, 'lib');
  await execa(join(await toolsPath(), 'patchelf'), [
    '--set-interpreter',
    join(library, 'ld-linux-x86-64.so.2'),
    '--set-rpath',
    library,
    placed,
  ]);
  return placed;
};
