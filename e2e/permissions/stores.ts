import { resources } from '../kube/resources.ts';
import type { StoreDriver, StoreRule } from '../store/driver.ts';
import type { Rule } from './rule.ts';

const there = (rule: StoreRule): Rule => ({ place: 'stores', ...rule });

/**
 * What scenarios do to have a backup store, and to look into it; a Lease stands beside each
 * (e2e/store/lease.ts).
 */
export const ofStores = ({ rights }: StoreDriver): readonly Rule[] => [
  ...rights.always.map(there),
  { place: 'stores', resource: resources.leases, verbs: ['create', 'patch'] },
];

/**
 * What they do besides where all stores are in a namespace that somebody has made for them: each store is
 * removed by itself.
 */
export const inSharedNamespace = ({ rights }: StoreDriver): readonly Rule[] => [
  ...rights.inSharedNamespace.map(there),
  { place: 'stores', resource: resources.leases, verbs: ['delete'] },
];

/** What they do besides where each store has a namespace of its own. */
export const inOwnNamespaces: readonly Rule[] = [
  { place: 'cluster', resource: resources.namespaces, verbs: ['list', 'watch', 'create', 'delete'] },
];
