/** The folder below which Longhorn's engine mounts stores (backupstore, util/util.go). */
export const mountsFolder = '/var/lib/longhorn-backupstore-mounts';

/** Where Longhorn's engine mounts the NFS store of a URL, in the container in which it runs (backupstore, nfs.go); throws for any other URL. */
export const storeMount = (url: string): string => {
  const [, host, path] = /^nfs:\/\/([^/]+)(\/[^?]+)/.exec(url) ?? [];
  if (host === undefined || path === undefined) throw new Error(`${url} is no backup target on NFS: where Longhorn mounts it is not known`);
  return `${mountsFolder}/${host.replaceAll('.', '_').replace(/:+$/, '')}${path.replace(/\/+$/, '')}`;
};
