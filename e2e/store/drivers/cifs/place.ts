import type { ServerKind, StorePlace } from '../../driver.ts';
import { mountOf } from '../folder/place.ts';
import { hostOf, placeOfNames } from '../place.ts';

/** The name of the driver. */
export const driverName = 'cifs';

/** The share of every store's server. */
const share = 'backups';

/** What the servers of such stores are called, and found by. */
export const cifsServer: ServerKind = {
  called: 'the CIFS server',
  container: 'cifs',
  app: 'cifs-backupstore',
};

/** The program of the server: one process that listens, and one for each client. */
export const serverProgram = 'smbd';

/** The URL that Longhorn is given. */
export const storeUrl = (place: StorePlace): string => `cifs://${hostOf(place)}/${share}`;

/** Where Longhorn's engine mounts it, in the container in which it runs (backupstore, cifs.go). */
export const storeMount = (place: StorePlace): string => mountOf(hostOf(place), `/${share}`);

/** The place of one of the suite's stores by its URL; undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, name, namespace] = new RegExp(`^cifs://([a-z0-9-]+)\\.([a-z0-9-]+)/${share}$`).exec(url) ?? [];
  return placeOfNames(name, namespace);
};
