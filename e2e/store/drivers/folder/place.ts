import type { StartStore } from '../../driver.ts';

/** The folder of the store in its pod, which the server exports. */
export const exportPath = '/opt/backupstore';

/** The uid and gid to which a server maps all clients if file rights must apply (see the manifests). */
export const squashedClient = '65534';

/** The size of a store that can be filled up, in bytes. */
export const smallStoreSize = 64 << 20;

/** The manifest values for the disk of the store's folder. */
export const diskOf = ({
  features = [],
}: Pick<StartStore, 'features'>): Record<'MEDIUM' | 'SIZE', string | null> =>
  features.includes('small-disk')
    ? { MEDIUM: 'Memory', SIZE: `${smallStoreSize}` }
    : { MEDIUM: '', SIZE: null };

/** The folder in which Longhorn's engine mounts stores (backupstore, util/util.go). */
export const mountsFolder = '/var/lib/longhorn-backupstore-mounts';

/**
 * The mount point of Longhorn's engine for a host and a path, in the container in which the engine runs (backupstore,
 * nfs.go and cifs.go).
 */
export const mountOf = (host: string, path: string): string =>
  `${mountsFolder}/${host.replaceAll('.', '_').replace(/:+$/, '')}${path.replace(/\/+$/, '')}`;
