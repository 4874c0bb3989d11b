import type { StorePlace } from '../driver.ts';

/** The name of all that a store consists of, where it has a namespace of its own. */
export const storeName = 'backupstore';

/** The host of a store's server; it is short, because a cluster's own domain need not be `cluster.local`. */
export const hostOf = ({ namespace, name = storeName }: StorePlace): string => `${name}.${namespace}`;

/** The label by which a store's pod says whose it is, and the selector of it. */
export const storeLabel = 'corral.test/store';
export const storePodLabel = (name = storeName): string => `${storeLabel}=${name}`;

/**
 * The place of one of the suite's stores by the names in its URL, be it in a namespace of its own or in one
 * that holds others; undefined for what is none of the suite's.
 */
export const placeOfNames = (
  name: string | undefined,
  namespace: string | undefined,
): StorePlace | undefined => {
  if (name === undefined || namespace === undefined) return undefined;
  if (name === storeName) return { namespace };
  return name.startsWith('corral-') ? { namespace, name } : undefined;
};
