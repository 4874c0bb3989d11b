import type { StorePlace } from '../driver.ts';

/** The name of all objects of a store that has its own namespace. */
export const storeName = 'backupstore';

/** The host name of a store's server. It has no cluster domain, because that may differ from `cluster.local`. */
export const hostOf = ({ namespace, name = storeName }: StorePlace): string => `${name}.${namespace}`;

/** The label that names the store of a pod, and the selector for it. */
export const storeLabel = 'corral.test/store';
export const storePodLabel = (name = storeName): string => `${storeLabel}=${name}`;

/**
 * The place of a store of the suite by the names in its URL, for its own or a shared namespace. Undefined for other
 * stores.
 */
export const placeOfNames = (
  name: string | undefined,
  namespace: string | undefined,
): StorePlace | undefined => {
  if (name === undefined || namespace === undefined) return undefined;
  if (name === storeName) return { namespace };
  return name.startsWith('corral-') ? { namespace, name } : undefined;
};
