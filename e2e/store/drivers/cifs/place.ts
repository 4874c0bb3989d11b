import type { ServerKind, StorePlace } from '../../driver.ts';
import { mountOf } from '../folder/place.ts';
import { hostOf, placeOfNames } from '../place.ts';

export const driverName = 'cifs';

/** The share name of all servers. */
const share = 'backups';

/** The kind of pods that serve these stores. */
export const cifsServer: ServerKind = {
  called: 'the CIFS server',
  container: 'cifs',
  app: 'cifs-backupstore',
};

/** The program of the server. It has one process that listens, and one for each client. */
export const serverProgram = 'smbd';

/** The URL for Longhorn's backup target. */
export const storeUrl = (place: StorePlace): string => `cifs://${hostOf(place)}/${share}`;

/** The mount point of Longhorn's engine, in the container in which the engine runs (backupstore, cifs.go). */
export const storeMount = (place: StorePlace): string => mountOf(hostOf(place), `/${share}`);

/** The place of a store of the suite by its URL. Undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, name, namespace] = new RegExp(`^cifs://([a-z0-9-]+)\\.([a-z0-9-]+)/${share}$`).exec(url) ?? [];
  return placeOfNames(name, namespace);
};
