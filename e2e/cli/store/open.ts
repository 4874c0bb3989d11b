import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { folderSource } from '../../store/format/folder-source.ts';
import type { LocalSource } from '../../store/format/source.ts';
import { CommandError, exitCode, usageError } from '../exit-code.ts';

/**
 * Opens the store that the user named: the folder that was exported, the folder `backupstore` in it, or an nfs:// URL that is mounted on this
 * machine. Throws a CommandError of one line that says what to name instead.
 */
export const openNamedStore = async (name: string): Promise<LocalSource> => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(name)?.[1]?.toLowerCase();
  const folder = scheme === undefined ? name : await folderOfUrl(name, scheme);
  const root = await realpath(folder).catch((error) => notReadable(name, error));
  for (const below of ['backupstore', '.']) {
    const path = join(root, below);
    if (!(await isFolder(path, name)) || (below === '.' && !(await isFolder(join(path, 'volumes'), name)))) continue;
    // A store that cannot even be listed is no store with a finding.
    await readdir(path).catch((error) => notReadable(name, error));
    await readdir(join(path, 'volumes')).catch((error) => (error.code === 'ENOENT' ? [] : notReadable(name, error)));
    return folderSource(path);
  }
  throw new CommandError(
    `${name} holds no backup store: in it there is neither a folder backupstore nor a folder volumes`,
    exitCode.notFit,
  );
};

const notReadable = (name: string, error: NodeJS.ErrnoException): never => {
  if (typeof error.errno !== 'number') throw error;
  throw new CommandError(`${name} cannot be read: ${getSystemErrorMessage(error.errno)}`, exitCode.notFit);
};

// A link is no folder: it would lead out of the store.
const isFolder = async (path: string, name: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? false : notReadable(name, error as NodeJS.ErrnoException);
  }
};

const folderOfUrl = async (url: string, scheme: string): Promise<string> => {
  if (scheme === 'nfs') return mountedFolder(url);
  if (!['s3', 'azblob', 'cifs'].includes(scheme))
    throw usageError(`${url}: name a folder, or the nfs:// URL of a store that is mounted here`);
  throw new CommandError(
    `${url}: a store of ${scheme} is checked as a copy: copy its folder backupstore to this machine, and name the folder that it is in then`,
    exitCode.notFit,
  );
};

const mountedFolder = async (url: string): Promise<string> => {
  const [, host = '', path = ''] = /^nfs:\/\/(\[[^\]]+\]|[^:/?]+):?(\/[^?]*)(?:\?.*)?$/i.exec(url) ?? [];
  if (host === '') throw usageError(`${url}: the URL of an NFS store is nfs://HOST:/PATH`);
  const found = findMount(await readFile('/proc/self/mountinfo', 'utf8'), { host, path });
  if (found !== undefined) return found;
  const share = `${host}:${path}`;
  throw new CommandError(
    `${url} is not mounted on this machine: have it mounted (as root: mount -t nfs4 -o ro ${share} DIR), and name DIR`,
    exitCode.notFit,
  );
};

/** Where a folder of an NFS server is to be found, by the text of /proc/self/mountinfo (proc_pid_mountinfo(5)); undefined when nowhere. */
export const findMount = (mountinfo: string, { host, path }: { host: string; path: string }): string | undefined => {
  const wanted = withoutSlash(path);
  for (const line of mountinfo.split('\n').reverse()) {
    const [before = '', after = ''] = line.split(' - ');
    const [type = '', share = ''] = after.split(' ').map(unescaped);
    const [, , , root = '/', mountPoint = ''] = before.split(' ').map(unescaped);
    if (!/^nfs4?$/.test(type) || !share.startsWith(`${host}:/`)) continue;
    const shared = withoutSlash(join(share.slice(host.length + 1), root === '/' ? '' : root));
    if (wanted === shared) return mountPoint;
    if (wanted.startsWith(`${shared}/`)) return join(mountPoint, wanted.slice(shared.length));
  }
  return undefined;
};

const withoutSlash = (path: string): string => path.replace(/\/+$/, '');

// Spaces and the like are written as their octal numbers.
const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
