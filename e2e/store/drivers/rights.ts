import { resources } from '../../kube/resources.ts';
import type { StoreDriver, StoreRule } from '../driver.ts';

const whereNotPassed = 'read where a scenario does not pass';

/**
 * The requests to the cluster for a store that a pod serves. `configuredBy` is the object with the server's
 * configuration. `way` is how the suite reads the pod.
 */
export const rightsInPod = (
  configuredBy: StoreRule,
  way: 'exec' | 'portforward',
  additional: readonly StoreRule[] = [],
): StoreDriver['rights'] => ({
  always: [
    configuredBy,
    ...additional,
    { resource: resources.services, verbs: ['create'] },
    { resource: resources.deployments, verbs: ['create'] },
    { resource: resources.pods, verbs: ['list', 'watch'] },
    { resource: resources.pods, subresource: way, verbs: ['get', 'create'] },
    { resource: resources.pods, subresource: 'log', verbs: ['get'], rareUse: whereNotPassed },
    { resource: resources.events, verbs: ['list'], rareUse: whereNotPassed },
  ],
  inSharedNamespace: [
    { resource: configuredBy.resource, verbs: ['delete'] },
    { resource: resources.services, verbs: ['delete'] },
    { resource: resources.deployments, verbs: ['list', 'watch', 'delete'] },
  ],
});
