import type { NoLocalStore } from '../../driver.ts';
import { mountOf } from '../folder/place.ts';
import { mountedAt } from '../mounts.ts';

/**
 * The mount point of Longhorn's engine for the URL of an NFS store, in the container in which the engine runs
 * (backupstore, nfs.go). Throws for any other URL.
 */
export const storeMount = (url: string): string => {
  const [, host, path] = /^nfs:\/\/([^/]+)(\/[^?]+)/.exec(url) ?? [];
  if (host === undefined || path === undefined)
    throw new Error(`${url} is no backup target on NFS: where Longhorn mounts it is not known`);
  return mountOf(host, path);
};

/** Finds where the store of a URL is mounted on this machine. */
export const localMountOf = async (url: string): Promise<{ folder: string } | NoLocalStore> => {
  const [, host = '', path = ''] = /^nfs:\/\/(\[[^\]]+\]|[^:/?]+):?(\/[^?]*)(?:\?.*)?$/i.exec(url) ?? [];
  if (host === '') return { problem: `${url}: the URL of an NFS store is nfs://HOST:/PATH`, wrong: true };
  const share = `${host}:${path}`;
  return mountedAt(url, { types: /^nfs4?$/, share, mount: `mount -t nfs4 -o ro ${share} DIR` });
};
