import { resources } from '../kube/resources.ts';
import type { Rule } from './rule.ts';

/** What scenarios do to have a backup store, and to look into it. */
export const stores: readonly Rule[] = [
  { place: 'stores', resource: resources.configMaps, verbs: ['create'] },
  { place: 'stores', resource: resources.services, verbs: ['create'] },
  { place: 'stores', resource: resources.deployments, verbs: ['create'] },
  { place: 'stores', resource: resources.leases, verbs: ['create', 'patch'] },
  { place: 'stores', resource: resources.pods, verbs: ['list', 'watch'] },
  { place: 'stores', resource: resources.pods, subresource: 'exec', verbs: ['get', 'create'] },
  { place: 'stores', resource: resources.pods, subresource: 'log', verbs: ['get'], seldom: 'read where a scenario does not pass' },
  { place: 'stores', resource: resources.events, verbs: ['list'], seldom: 'read where a scenario does not pass' },
];

/** What they do besides where all stores are in a namespace that somebody has made for them: each store is removed by itself. */
export const inSharedNamespace: readonly Rule[] = [
  { place: 'stores', resource: resources.configMaps, verbs: ['delete'] },
  { place: 'stores', resource: resources.services, verbs: ['delete'] },
  { place: 'stores', resource: resources.leases, verbs: ['delete'] },
  { place: 'stores', resource: resources.deployments, verbs: ['list', 'watch', 'delete'] },
];

/** What they do besides where each store has a namespace of its own. */
export const inOwnNamespaces: readonly Rule[] = [
  { place: 'cluster', resource: resources.namespaces, verbs: ['list', 'watch', 'create', 'delete'] },
];
