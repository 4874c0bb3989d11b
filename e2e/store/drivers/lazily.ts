import type { Heal } from '../driver.ts';

/**
 * A heal whose code is read when it is used: who only asks what a kind of store is called, or which rights it
 * needs, reads no client of Kubernetes for that.
 */
export const lazily = (load: () => Promise<Heal>): Heal => ({
  heal: async (...of) => (await load()).heal(...of),
  healByLabels: async (...of) => (await (await load()).healByLabels?.(...of)) ?? [],
});
