import { mkdir, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { buildShell } from '../build/shell.ts';
import { tellDetail } from '../step.ts';
import { downloadPackages } from './apt.ts';

const NOT_NEEDED = [
  './usr/share/doc',
  './usr/share/man',
  './usr/share/locale',
  './usr/share/info',
  './usr/share/lintian',
  './usr/share/bash-completion',
];

/**
 * Unpacks one Debian package over a tree, without running its scripts; every file belongs to who runs this.
 */
const unpackOne = async (archive: string, tree: string): Promise<void> => {
  const exclude = NOT_NEEDED.map((path) => `--exclude=${path}`);
  // Some packages still ship /lib/...: base-files has made that a symlink, which must stay one.
  const script =
    'archive=$1; shift; dpkg-deb --fsys-tarfile "$archive" | tar -x -p --no-same-owner --keep-directory-symlink "$@"';
  await buildShell(tree, script, archive, ...exclude);
};

/**
 * Makes a tree of Debian packages: a root file system that no package script ever ran in.
 *
 * Scripts would need root, or user ids that an ordinary user's namespace does not have; what they would have
 * set up (users, alternatives) the caller adds where it matters.
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
    tellDetail(`${archives.length} packages (${megabytes} MB) are fetched: unpacking`);
    const isBase = (archive: string) => basename(archive).startsWith('base-files_');
    for (const archive of [...archives].sort((a, b) => Number(isBase(b)) - Number(isBase(a))))
      await unpackOne(archive, options.tree);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * Gives an unpacked tree what package scripts would have made: Debian's base users and groups, `_rpc`
 * (without it rpcbind does not start), /etc/mtab (without it ganesha exports nothing) and the folders that a
 * running system mounts on.
 */
export const finishTree = async (tree: string): Promise<void> => {
  const script = `
    for file in passwd group; do cp usr/share/base-passwd/$file.master etc/$file; done
    echo '_rpc:x:101:65534::/run/rpcbind:/usr/sbin/nologin' >> etc/passwd
    ln -s ../proc/self/mounts etc/mtab
    mkdir -p proc sys dev run tmp root mnt usr/local/bin var/log var/lib`;
  await buildShell(tree, script);
};
