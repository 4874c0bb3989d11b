import { mkdir, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { buildShell } from '../build/shell.ts';
import { reportProgress } from '../step.ts';
import { downloadPackages } from './apt.ts';

const NOT_NEEDED = [
  './usr/share/doc',
  './usr/share/man',
  './usr/share/locale',
  './usr/share/info',
  './usr/share/lintian',
  './usr/share/bash-completion',
];

/** Unpacks one Debian package into a tree without running its scripts. All files belong to the current user. */
const unpackOne = async (archive: string, tree: string): Promise<void> => {
  const exclude = NOT_NEEDED.map((path) => `--exclude=${path}`);
  // Some packages still contain /lib/...: base-files made /lib a symlink, which must be kept.
  const script =
    'archive=$1; shift; dpkg-deb --fsys-tarfile "$archive" | tar -x -p --no-same-owner --keep-directory-symlink "$@"';
  await buildShell(tree, script, archive, ...exclude);
};

/**
 * Creates a tree of Debian packages: a root file system in which no package script ran. Scripts would need
 * root, or user IDs that an ordinary user's namespace lacks. The caller adds what they would set up (users,
 * alternatives) where it matters.
 */
export const unpackPackages = async (options: {
  suite: string;
  packages: readonly string[];
  dependencies: boolean;
  tree: string;
}): Promise<void> => {
  const work = `${options.tree}.apt`;
  try {
    const archives = await downloadPackages({ ...options, work });
    await mkdir(options.tree, { recursive: true });
    const sizes = await Promise.all(archives.map(async (archive) => (await stat(archive)).size));
    const megabytes = Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
    reportProgress(`${archives.length} packages (${megabytes} MB) are fetched: unpacking`);
    const isBase = (archive: string) => basename(archive).startsWith('base-files_');
    for (const archive of [...archives].sort((a, b) => Number(isBase(b)) - Number(isBase(a))))
      await unpackOne(archive, options.tree);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * Adds what package scripts would create: Debian's base users and groups, `_rpc` (rpcbind does not start
 * without it), /etc/mtab (ganesha exports nothing without it), and the mount points of a running system.
 */
export const addBaseFiles = async (tree: string): Promise<void> => {
  const script = `
    for file in passwd group; do cp usr/share/base-passwd/$file.master etc/$file; done
    echo '_rpc:x:101:65534::/run/rpcbind:/usr/sbin/nologin' >> etc/passwd
    ln -s ../proc/self/mounts etc/mtab
    mkdir -p proc sys dev run tmp root mnt usr/local/bin var/log var/lib`;
  await buildShell(tree, script);
};

/** Creates a tree of packages of Debian trixie, with all that they depend on. */
export const unpackTrixie = (packages: readonly string[], tree: string): Promise<void> =>
  unpackPackages({ suite: 'trixie', packages: ['base-files', ...packages], dependencies: true, tree });
