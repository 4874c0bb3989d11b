import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NotHere } from '../../driver.ts';
import { mountOf } from '../folder/place.ts';

/**
 * Where Longhorn's engine mounts the NFS store of a URL, in the container in which it runs (backupstore,
 * nfs.go); throws for any other URL.
 */
export const storeMount = (url: string): string => {
  const [, host, path] = /^nfs:\/\/([^/]+)(\/[^?]+)/.exec(url) ?? [];
  if (host === undefined || path === undefined)
    throw new Error(`${url} is no backup target on NFS: where Longhorn mounts it is not known`);
  return mountOf(host, path);
};

/** Where the store of a URL is mounted on this machine. */
export const mountedHere = async (url: string): Promise<{ folder: string } | NotHere> => {
  const [, host = '', path = ''] = /^nfs:\/\/(\[[^\]]+\]|[^:/?]+):?(\/[^?]*)(?:\?.*)?$/i.exec(url) ?? [];
  if (host === '') return { problem: `${url}: the URL of an NFS store is nfs://HOST:/PATH`, wrong: true };
  const found = findMount(await readFile('/proc/self/mountinfo', 'utf8'), { host, path });
  if (found !== undefined) return { folder: found };
  const share = `${host}:${path}`;
  const problem = `${url} is not mounted on this machine: have it mounted (as root: mount -t nfs4 -o ro ${share} DIR), and name DIR`;
  return { problem, wrong: false };
};

/**
 * Where a folder of an NFS server is to be found, by the text of /proc/self/mountinfo
 * (proc_pid_mountinfo(5)); undefined when nowhere.
 */
export const findMount = (
  mountinfo: string,
  { host, path }: { host: string; path: string },
): string | undefined => {
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
