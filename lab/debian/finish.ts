import { appendFile, copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

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
