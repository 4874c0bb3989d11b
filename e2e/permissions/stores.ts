import { resources } from '../kube/resources.ts';
import type { OwnBucket, StoreDriver, StoreRule } from '../store/driver.ts';
import { serviceOf } from '../store/drivers/s3/place.ts';
import type { PermissionRule } from './rule.ts';

const there = (rule: StoreRule): PermissionRule => ({ place: 'stores', ...rule });

/** The requests for running and reading a backup store. Each store has a Lease (e2e/store/lease.ts). */
export const storeRules = ({ rights }: StoreDriver): readonly PermissionRule[] => [
  ...rights.always.map(there),
  { place: 'stores', resource: resources.leases, verbs: ['create', 'patch'] },
];

/** The additional requests if all stores share an existing namespace. Each store is then removed separately. */
export const sharedNamespaceRules = ({ rights }: StoreDriver): readonly PermissionRule[] => [
  ...rights.inSharedNamespace.map(there),
  { place: 'stores', resource: resources.leases, verbs: ['delete'] },
];

/** The additional requests if each store has its own namespace. */
export const ownNamespaceRules: readonly PermissionRule[] = [
  { place: 'cluster', resource: resources.namespaces, verbs: ['list', 'watch', 'create', 'delete'] },
];

/**
 * The requests for access to an existing bucket: its Secret, and its Service if the endpoint is one, in their
 * namespaces.
 */
export const bucketAccessRules = ({ secret, endpoint }: OwnBucket): readonly PermissionRule[] => {
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
