import type { StorePlace } from '../../driver.ts';
import { placeOfNames, storeName } from '../place.ts';

/** The name of the driver. */
export const driverName = 'nfs';

/** The folder that the store exports, in the pod and in the URL alike. */
export const exportPath = '/opt/backupstore';

/**
 * The number of the user, and of its group, that all clients are in a store whose rights are to count
 * (manifest.yaml).
 */
export const squashedClient = '65534';

/** The program of the server. */
export const serverProgram = 'ganesha.nfsd';

/**
 * The URL that Longhorn is given; the host is short, because a cluster's own domain need not be
 * `cluster.local`.
 */
export const storeUrl = ({ namespace, name = storeName }: StorePlace): string =>
  `nfs://${name}.${namespace}:${exportPath}`;

/** The place of one of the suite's stores by its URL; undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, name, namespace] = /^nfs:\/\/([a-z0-9-]+)\.([a-z0-9-]+):/.exec(url) ?? [];
  return placeOfNames(name, namespace);
};
