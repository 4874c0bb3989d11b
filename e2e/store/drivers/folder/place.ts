import type { StartStore } from '../../driver.ts';

/** The folder in which a store's pod has it, and which its server serves. */
export const exportPath = '/opt/backupstore';

/**
 * The number of the user, and of its group, that all clients are in a store whose rights are to count (the
 * manifests).
 */
export const squashedClient = '65534';

/** How large a store is that is to be filled up, in bytes. */
export const littleSpace = 64 << 20;

/** What a store's manifest says of the disk under its folder. */
export const diskOf = ({
  features = [],
}: Pick<StartStore, 'features'>): Record<'MEDIUM' | 'SIZE', string | null> =>
  features.includes('small-disk') ? { MEDIUM: 'Memory', SIZE: `${littleSpace}` } : { MEDIUM: '', SIZE: null };

/** The folder below which Longhorn's engine mounts stores (backupstore, util/util.go). */
export const mountsFolder = '/var/lib/longhorn-backupstore-mounts';

/** Where Longhorn's engine mounts what a host serves at a path, in the container in which it runs (nfs.go and cifs.go). */
export const mountOf = (host: string, path: string): string =>
  `${mountsFolder}/${host.replaceAll('.', '_').replace(/:+$/, '')}${path.replace(/\/+$/, '')}`;
