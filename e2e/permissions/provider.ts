import type { Resource } from '../kube/cluster.ts';
import { resources } from '../kube/resources.ts';
import { longhornResources as longhorn } from '../longhorn/resources.ts';
import type { RunScope } from './needed.ts';
import type { PermissionRule } from './rule.ts';
import { bucketAccessRules } from './stores.ts';

const seen = (place: PermissionRule['place'], resource: Resource): PermissionRule => ({
  place,
  resource,
  verbs: ['list', 'watch'],
});

/**
 * The requests of `--provider existing`. It only reads: it identifies the cluster and its Longhorn, and compares
 * their state before and after the scenarios.
 */
export const providerRules = ({ disruptions, namespace, ownBucket }: RunScope): readonly PermissionRule[] => [
  { place: 'cluster', resource: resources.namespaces, verbs: ['get'], names: ['kube-system'] },
  seen('cluster', resources.nodes),
  { place: 'longhorn', resource: longhorn.settings, verbs: ['get'], names: ['current-longhorn-version'] },
  ...[
    resources.pods,
    longhorn.settings,
    longhorn.nodes,
    longhorn.engineImages,
    longhorn.backupTargets,
    longhorn.recurringJobs,
    longhorn.volumes,
    longhorn.snapshots,
    longhorn.backups,
    longhorn.backupVolumes,
  ].map((resource) => seen('longhorn', resource)),
  namespace === undefined ? seen('cluster', resources.namespaces) : seen('stores', resources.deployments),
  ...(disruptions.includes('admission-policy')
    ? [resources.validatingAdmissionPolicies, resources.validatingAdmissionPolicyBindings].map((resource) =>
        seen('cluster', resource),
      )
    : []),
  ...(disruptions.includes('volume-snapshots')
    ? [{ place: 'cluster', resource: resources.volumeSnapshotClasses, verbs: ['list'] } as const]
    : []),
  ...(ownBucket ? bucketAccessRules(ownBucket) : []),
];
