import type { StorePlace } from '../driver.ts';

/** The name of all that a store consists of, where it has a namespace of its own. */
export const storeName = 'backupstore';

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
