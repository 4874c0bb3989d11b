import { resources } from '../kube/resources.ts';
import type { OwnBucket, StoreDriver, StoreRule } from '../store/driver.ts';
import { serviceOf } from '../store/drivers/s3/place.ts';
import type { PermissionRule } from './rule.ts';

const there = (rule: StoreRule): PermissionRule => ({ place: 'stores', ...rule });

/**
 * What scenarios do to have a backup store, and to look into it; a Lease stands beside each
 * (e2e/store/lease.ts).
 */
export const ofStores = ({ rights }: StoreDriver): readonly PermissionRule[] => [
  ...rights.always.map(there),
  { place: 'stores', resource: resources.leases, verbs: ['create', 'patch'] },
];

/**
 * What they do besides where all stores are in a namespace that somebody has made for them: each store is
 * removed by itself.
 */
export const inSharedNamespace = ({ rights }: StoreDriver): readonly PermissionRule[] => [
  ...rights.inSharedNamespace.map(there),
  { place: 'stores', resource: resources.leases, verbs: ['delete'] },
];

/** What they do besides where each store has a namespace of its own. */
export const inOwnNamespaces: readonly PermissionRule[] = [
  { place: 'cluster', resource: resources.namespaces, verbs: ['list', 'watch', 'create', 'delete'] },
];

/**
 * What leads to a bucket that was there before: its Secret, and the Service that it is behind, wherever they
 * are.
 */
export const leadsTo = ({ secret, endpoint }: OwnBucket): readonly PermissionRule[] => {
  const [namespace = '', name = ''] = secret.split('/');
  const login: PermissionRule = {
    place: { namespace },
    resource: resources.secrets,
    verbs: ['get'],
    names: [name],
  };
  const service = serviceOf(endpoint);
  if (service === undefined) return [login];
  const place = { namespace: service.namespace };
  return [
    login,
    { place, resource: resources.services, verbs: ['get'], names: [service.name] },
    { place, resource: resources.pods, verbs: ['list'] },
    { place, resource: resources.pods, subresource: 'portforward', verbs: ['get', 'create'] },
  ];
};
