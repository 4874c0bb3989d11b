import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
} from '../../../../e2e/kube/cluster.ts';
import {
  backupLabels,
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../../e2e/longhorn/resources.ts';
import { runLabel } from '../../../../e2e/suite/steps/made.ts';
import { customResourceDefinitions } from '../../../../emulator/manifests/custom-resources.ts';
import { untilServed } from './until-served.ts';

/** Gives an API server the kinds and the namespace that Longhorn has. */
export const installKinds = async (cluster: Cluster): Promise<void> => {
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  for (const definition of customResourceDefinitions)
    await cluster.create(resources.customResourceDefinitions, definition);
  await untilServed(cluster);
};

const held = ['longhorn.io'];

/** Makes an object; Longhorn's have its finalizer. */
export const make = async (
  cluster: Cluster,
  {
    resource,
    kind,
    name,
    run,
    ...rest
  }: { resource: Resource; kind: string; name: string; run?: string } & Record<string, unknown>,
): Promise<KubernetesObject> => {
  const isLonghorns = resource.group === 'longhorn.io';
  const { metadata, ...content } = rest as { metadata?: { labels?: Record<string, string> } };
  return cluster.create(resource, {
    apiVersion: isLonghorns
      ? longhornApiVersion
      : resource.group === ''
        ? 'v1'
        : `${resource.group}/${resource.version}`,
    kind,
    ...content,
    metadata: {
      name,
      ...(resource.namespaced === false ? {} : { namespace }),
      ...(isLonghorns ? { finalizers: held } : {}),
      ...metadata,
      labels: { ...(run === undefined ? {} : runLabel(run)), ...metadata?.labels },
    },
  });
};

const template = (job: string) => ({
  metadata: { labels: { 'recurring-job.longhorn.io': job } },
  spec: { restartPolicy: 'OnFailure', containers: [{ name: 'x', image: 'x' }] },
});

/**
 * Makes what a scenario of a run leaves when it is killed: one of each kind, also of those that Longhorn
 * makes, which have no label of the run's.
 */
export const leaveBehind = async (cluster: Cluster, run: string): Promise<void> => {
  const named = (what: string): string => `corral-${run}-${what}-0001`;
  const [volume, target, job, store] = ['volume', 'target', 'job', 'store'].map(named) as [
    string,
    string,
    string,
    string,
  ];
  const { volumes, volumeAttachments, snapshots, backups, backupVolumes, backupTargets, recurringJobs } =
    longhornResources;
  const ofBackup = { metadata: { labels: backupLabels({ volume, target }) } };
  await make(cluster, { resource: resources.namespaces, kind: 'Namespace', name: store, run });
  await make(cluster, {
    resource: backupTargets,
    kind: 'BackupTarget',
    name: target,
    run,
    spec: { backupTargetURL: `nfs://backupstore.${store}:/opt/backupstore` },
  });
  await make(cluster, {
    resource: volumes,
    kind: 'Volume',
    name: volume,
    run,
    spec: { size: '1', backupTargetName: target },
  });
  const tickets = { corral: { id: 'corral', type: 'longhorn-api', nodeID: 'node1' } };
  await make(cluster, {
    resource: volumeAttachments,
    kind: 'VolumeAttachment',
    name: volume,
    spec: { volume, attachmentTickets: tickets },
  });
  await make(cluster, {
    resource: snapshots,
    kind: 'Snapshot',
    name: named('snapshot'),
    run,
    spec: { volume, createSnapshot: true },
  });
  await make(cluster, {
    resource: snapshots,
    kind: 'Snapshot',
    name: `by-a-job-of-${run}`,
    spec: { volume, createSnapshot: true },
  });
  await make(cluster, {
    resource: backups,
    kind: 'Backup',
    name: `backup-${run}`,
    run,
    spec: { snapshotName: 's' },
    ...ofBackup,
  });
  await make(cluster, {
    resource: backups,
    kind: 'Backup',
    name: `backup-by-a-job-of-${run}`,
    spec: { snapshotName: 's' },
    ...ofBackup,
  });
  await make(cluster, {
    resource: backupVolumes,
    kind: 'BackupVolume',
    name: `${volume}-0`,
    spec: { volumeName: volume },
    ...ofBackup,
  });
  await make(cluster, {
    resource: recurringJobs,
    kind: 'RecurringJob',
    name: job,
    run,
    spec: { name: job, task: 'backup', cron: '0 0 1 1 *' },
  });
  const labels = { metadata: { labels: { 'recurring-job.longhorn.io': job } } };
  const spec = { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: template(job) } } };
  await make(cluster, { resource: resources.cronJobs, kind: 'CronJob', name: job, spec, ...labels });
  await make(cluster, {
    resource: resources.jobs,
    kind: 'Job',
    name: `${job}-1`,
    spec: { template: template(job) },
    metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: job, uid: 'x' }] },
  });
  const { policies, bindings } = policyOf(run);
  await make(cluster, {
    resource: resources.validatingAdmissionPolicies,
    kind: 'ValidatingAdmissionPolicy',
    name: named('policy'),
    run,
    ...policies,
  });
  await make(cluster, {
    resource: resources.validatingAdmissionPolicyBindings,
    kind: 'ValidatingAdmissionPolicyBinding',
    name: named('policy'),
    run,
    ...bindings,
  });
};

// It denies what is to be removed, until it is removed itself.
const policyOf = (run: string) => ({
  policies: {
    spec: {
      failurePolicy: 'Ignore',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['longhorn.io'],
            apiVersions: ['v1beta2'],
            operations: ['DELETE'],
            resources: ['backups'],
          },
        ],
      },
      validations: [
        {
          expression: `!(oldObject.metadata.name.endsWith('${run}'))`,
          message: 'deletion denied for testing',
        },
      ],
    },
  },
  bindings: { spec: { policyName: `corral-${run}-policy-0001`, validationActions: ['Deny'] } },
});
