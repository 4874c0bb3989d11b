import { resources } from '../../kube/resources.ts';
import type { StoreDriver, StoreRule } from '../driver.ts';

const whereNotPassed = 'read where a scenario does not pass';

/**
 * What is asked of the cluster for a store that a pod serves: `configuredBy` is the object that its server is
 * configured by, `way` how the pod is looked into.
 */
export const rightsInPod = (
  configuredBy: StoreRule,
  way: 'exec' | 'portforward',
  besides: readonly StoreRule[] = [],
): StoreDriver['rights'] => ({
  always: [
    configuredBy,
    ...besides,
    { resource: resources.services, verbs: ['create'] },
    { resource: resources.deployments, verbs: ['create'] },
    { resource: resources.pods, verbs: ['list', 'watch'] },
    { resource: resources.pods, subresource: way, verbs: ['get', 'create'] },
    { resource: resources.pods, subresource: 'log', verbs: ['get'], seldom: whereNotPassed },
    { resource: resources.events, verbs: ['list'], seldom: whereNotPassed },
  ],
  inSharedNamespace: [
    { resource: configuredBy.resource, verbs: ['delete'] },
    { resource: resources.services, verbs: ['delete'] },
    { resource: resources.deployments, verbs: ['list', 'watch', 'delete'] },
  ],
});
