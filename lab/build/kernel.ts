import { existsSync } from 'node:fs';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type CachedArtifact, ensureCached, isCached } from '../cache/cache.ts';
import { NotInArchive } from '../debian/apt.ts';
import { unpackPackages } from '../debian/unpack.ts';

/** The Debian releases that have a User-Mode Linux, the newest first: 7.2, 6.12 and 6.1 at the time of writing. */
const suites = ['forky', 'trixie', 'bookworm'];

/**
 * Since this kernel release, seccomp can intercept a node's system calls. Older kernels use ptrace, which is slower.
 */
const FIRST_WITH_SECCOMP = [6, 16] as const;

/**
 * These kernels first measure which way to compute RAID 6 is the fastest: 0.85 s of a processor at each boot,
 * and no node uses RAID 6. The two names are the one of 7.2 and the older one.
 */
const WITHOUT_RAID6 = 'initcall_blacklist=raid6_init,raid6_select_algo';

const kernelOf = (suite: string): CachedArtifact => ({
  name: 'kernel',
  inputs: { suite, packages: ['user-mode-linux', 'libc6'] },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await unpackPackages({ suite, packages: ['user-mode-linux', 'libc6'], dependencies: false, tree });
    await rename(join(tree, 'usr/lib/uml/modules'), join(dir, 'modules'));
    // Debian before trixie has its C library in /lib.
    const library = ['lib', 'usr/lib'].map((folder) => join(tree, folder, 'x86_64-linux-gnu'));
    await rename(
      library.find((folder) => existsSync(join(folder, 'ld-linux-x86-64.so.2'))) as string,
      join(dir, 'lib'),
    );
    await copyFile(join(tree, 'usr/bin/linux.uml'), join(dir, 'linux'));
    await rm(tree, { recursive: true });
  },
});

/** The kernels that labs can run on, the best first. */
const kernels = suites.map(kernelOf);

/**
 * The User-Mode Linux kernel of this machine's labs, with its modules and its C library: the best one in the
 * cache. If the cache has none, the best of all, which `fetchKernel` may not find in the archive.
 */
export const kernelArtifact = async (
  candidates: readonly CachedArtifact[] = kernels,
): Promise<CachedArtifact> => {
  for (const each of candidates) if (await isCached(each)) return each;
  return candidates[0] as CachedArtifact;
};

/** Builds the best kernel of this machine's Debian archive, unless the cache has one. Returns its folder. */
export const fetchKernel = async (candidates: readonly CachedArtifact[] = kernels): Promise<string> => {
  const from = candidates.indexOf(await kernelArtifact(candidates));
  for (const each of candidates.slice(from, -1)) {
    try {
      return await ensureCached(each);
    } catch (error) {
      if (!(error instanceof NotInArchive)) throw error;
    }
  }
  return ensureCached(candidates.at(-1) as CachedArtifact);
};

const versionOf = async (dir: string): Promise<string> => (await readdir(join(dir, 'modules')))[0] as string;

const hasSeccomp = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > FIRST_WITH_SECCOMP[0] || (major === FIRST_WITH_SECCOMP[0] && minor >= FIRST_WITH_SECCOMP[1]);
};

/** Describes in one line how a kernel is worse than the best. Undefined for the best. */
export const describeKernelDifference = async (dir: string): Promise<string | undefined> => {
  const version = await versionOf(dir);
  if (hasSeccomp(version)) return undefined;
  return `User-Mode Linux ${version} by ptrace instead of one by seccomp (6.16 or newer, Debian forky): system calls take about 11 us, not 6.5`;
};

/** A kernel that can be started: the path of its program, and the arguments that this release needs. */
export type PlacedKernel = { path: string; flags: readonly string[] };

/**
 * Writes a copy of the kernel that finds its C library in the cache. The library may be newer than the machine's. The
 * kernel starts itself again by its own path, so a start through the dynamic linker does not work: interpreter and
 * library path are written into the copy. Each lab has its own copy, because the cache may move.
 */
export const placeKernel = async (options: {
  kernel: string;
  tools: string;
  into: string;
}): Promise<PlacedKernel> => {
  const path = join(options.into, 'linux');
  await copyFile(join(options.kernel, 'linux'), path);
  const library = join(options.kernel, 'lib');
  const words = ['--set-interpreter', join(library, 'ld-linux-x86-64.so.2'), '--set-rpath', library, path];
  await execa(join(options.tools, 'patchelf'), words);
  return {
    path,
    flags: [WITHOUT_RAID6, ...(hasSeccomp(await versionOf(options.kernel)) ? ['seccomp=on'] : [])],
  };
};
