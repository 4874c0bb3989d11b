import type { NotHere } from '../../driver.ts';
import { mountOf } from '../folder/place.ts';
import { mountedAt } from '../mounts.ts';

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
  const share = `${host}:${path}`;
  return mountedAt(url, { types: /^nfs4?$/, share, mount: `mount -t nfs4 -o ro ${share} DIR` });
};
