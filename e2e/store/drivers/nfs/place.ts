import type { ServerKind, StorePlace } from '../../driver.ts';
import { exportPath } from '../folder/place.ts';
import { hostOf, placeOfNames } from '../place.ts';

export const driverName = 'nfs';

/** The kind of pods that serve these stores. */
export const nfsServer: ServerKind = { called: 'the NFS server', container: 'nfs', app: 'backupstore' };

export const serverProgram = 'ganesha.nfsd';

/** The URL for Longhorn's backup target. */
export const storeUrl = (place: StorePlace): string => `nfs://${hostOf(place)}:${exportPath}`;

/** The place of a store of the suite by its URL. Undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, name, namespace] = /^nfs:\/\/([a-z0-9-]+)\.([a-z0-9-]+):/.exec(url) ?? [];
  return placeOfNames(name, namespace);
};
