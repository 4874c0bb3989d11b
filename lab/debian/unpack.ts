import { appendFile, copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { downloadPackages } from './apt.ts';

const NOT_NEEDED = [
  './usr/share/doc',
  './usr/share/man',
  './usr/share/locale',
  './usr/share/info',
  './usr/share/lintian',
  './usr/share/bash-completion',
];

/** Unpacks one Debian package over a tree, without running its scripts; every file belongs to who runs this. */
const unpackOne = async (archive: string, tree: string): Promise<void> => {
  const exclude = NOT_NEEDED.map((path) => `--exclude=${path}`);
  const contents = execa('dpkg-deb', ['--fsys-tarfile', archive], { stdout: 'pipe', buffer: false });
  // Some packages still ship /lib/...: base-files has made that a symlink, which must stay one.
  await contents.pipe('tar', ['-x', '-p', '-C', tree, '--no-same-owner', '--keep-directory-symlink', ...exclude]);
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
    const isBase = (archive: string) => basename(archive).startsWith('base-files_');
    for (const archive of [...archives].sort((a, b) => Number(isBase(b)) - Number(isBase(a)))) await unpackOne(archive, options.tree);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

const emptyFolders = ['proc', 'sys', 'dev', 'run', 'tmp', 'root', 'mnt', 'usr/local/bin', 'var/log', 'var/lib'];

/**
 * Gives an unpacked tree what package scripts would have made: Debian's base users and groups, `_rpc` (without it rpcbind
 * does not start), /etc/mtab (without it ganesha exports nothing) and the folders that a running system mounts on.
 */
export const finishTree = async (tree: string): Promise<void> => {
  for (const file of ['passwd', 'group']) await copyFile(join(tree, `usr/share/base-passwd/${file}.master`), join(tree, 'etc', file));
  await appendFile(join(tree, 'etc/passwd'), '_rpc:x:101:65534::/run/rpcbind:/usr/sbin/nologin\n');
  await symlink('../proc/self/mounts', join(tree, 'etc/mtab'));
  for (const folder of emptyFolders) await mkdir(join(tree, folder), { recursive: true });
};
