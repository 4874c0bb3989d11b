import type { ServerKind, StorePlace } from '../../driver.ts';
import { exportPath } from '../folder/place.ts';
import { hostOf, placeOfNames } from '../place.ts';

/** The name of the driver. */
export const driverName = 'nfs';

/** What the servers of such stores are called, and found by. */
export const nfsServer: ServerKind = { called: 'the NFS server', container: 'nfs', app: 'backupstore' };

/** The program of the server. */
export const serverProgram = 'ganesha.nfsd';

/** The URL that Longhorn is given. */
export const storeUrl = (place: StorePlace): string => `nfs://${hostOf(place)}:${exportPath}`;

/** The place of one of the suite's stores by its URL; undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, name, namespace] = /^nfs:\/\/([a-z0-9-]+)\.([a-z0-9-]+):/.exec(url) ?? [];
  return placeOfNames(name, namespace);
};
