import { waitUntil } from '../../../../e2e/history/expectation.ts';
import { follow } from '../../../../e2e/history/watch.ts';
import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
} from '../../../../e2e/kube/cluster.ts';
import { isConditionTrue, type WithConditions } from '../../../../e2e/kube/objects.ts';
import {
  backupLabels,
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../../e2e/longhorn/resources.ts';
import { runLabel } from '../../../../e2e/suite/steps/created-objects.ts';
import { customResourceDefinitions } from '../../../../emulator/manifests/custom-resources.ts';

/** Gives an API server the kinds and the namespace that Longhorn has, and waits until it serves them. */
export const installKinds = async (cluster: Cluster): Promise<void> => {
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  for (const definition of customResourceDefinitions)
    await cluster.create(resources.customResourceDefinitions, definition);
  const timeline = await follow<WithConditions>(cluster, resources.customResourceDefinitions);
  const isServed = (definition: WithConditions) => isConditionTrue(definition, 'Established');
  const wait = { within: '5m', owner: 'this test' } as const;
  for (const { name } of customResourceDefinitions.map(({ metadata }) => metadata))
    await waitUntil(timeline, isServed, { ...wait, name, label: `${name} is served` });
  await timeline.stop();
  // For some seconds more, a request may be answered with "later"; a watch bears that.
  for (const { spec } of customResourceDefinitions) {
    const { group, names, versions } = spec;
    await (await follow(cluster, { group, version: versions[0]?.name ?? '', plural: names.plural })).stop();
  }
};

type Content = { run?: string; metadata?: { labels?: Record<string, string> } & object; spec?: object };

/** Makes an object; Longhorn's have its finalizer. */
export const make = async (
  cluster: Cluster,
  resource: Resource,
  name: string,
  { run, metadata, ...content }: Content = {},
): Promise<KubernetesObject> => {
  const custom = customResourceDefinitions.find(({ spec }) => spec.names.plural === resource.plural);
  const isLonghorns = resource.group === 'longhorn.io';
  return cluster.create(resource, {
    ...(isLonghorns && { apiVersion: longhornApiVersion, kind: custom?.spec.names.kind }),
    ...content,
    metadata: {
      name,
      ...(resource.namespaced !== false && { namespace }),
      ...(isLonghorns && { finalizers: ['longhorn.io'] }),
      ...metadata,
      labels: { ...(run !== undefined && runLabel(run)), ...metadata?.labels },
    },
  });
};

/**
 * Makes what a scenario of a run leaves when it is killed: one of each kind, also of those that Longhorn
 * makes, which have no label of the run's.
 */
export const leaveBehind = async (cluster: Cluster, run: string): Promise<void> => {
  const named = (what: string): string => `corral-${run}-${what}-0001`;
  const volume = named('volume');
  const [target, job, store, policy] = [named('target'), named('job'), named('store'), named('policy')];
  const kinds = longhornResources;
  const ofBackup = { metadata: { labels: backupLabels({ volume, target }) }, spec: { snapshotName: 's' } };
  const ofVolume = { spec: { volume, createSnapshot: true } };
  const ofJob = { labels: { 'recurring-job.longhorn.io': job } };
  const containers = [{ name: 'x', image: 'x' }];
  const template = { metadata: ofJob, spec: { restartPolicy: 'OnFailure', containers } };
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: job, uid: 'x' };
  const url = `nfs://backupstore.${store}:/opt/backupstore`;
  const tickets = { corral: { id: 'corral', type: 'longhorn-api', nodeID: 'node1' } };
  // It denies what is to be removed, until it is removed itself.
  const about = { apiGroups: ['longhorn.io'], apiVersions: ['v1beta2'], resources: ['backups'] };
  const denial = {
    failurePolicy: 'Ignore',
    matchConstraints: { resourceRules: [{ ...about, operations: ['DELETE'] }] },
    validations: [
      { expression: `!(oldObject.metadata.name.endsWith('${run}'))`, message: 'denied for testing' },
    ],
  };
  const binding = { policyName: policy, validationActions: ['Deny'] };
  const cron = { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } };
  const left: [Resource, name: string, Content][] = [
    [resources.namespaces, store, { run }],
    [kinds.backupTargets, target, { run, spec: { backupTargetURL: url } }],
    [kinds.volumes, volume, { run, spec: { size: '1', backupTargetName: target } }],
    [kinds.volumeAttachments, volume, { spec: { volume, attachmentTickets: tickets } }],
    [kinds.snapshots, named('snapshot'), { run, ...ofVolume }],
    [kinds.snapshots, `by-a-job-of-${run}`, ofVolume],
    [kinds.backups, `backup-${run}`, { run, ...ofBackup }],
    [kinds.backups, `backup-by-a-job-of-${run}`, ofBackup],
    [kinds.backupVolumes, `${volume}-0`, { ...ofBackup, spec: { volumeName: volume } }],
    [kinds.recurringJobs, job, { run, spec: { name: job, task: 'backup', cron: '0 0 1 1 *' } }],
    [resources.cronJobs, job, { metadata: ofJob, spec: cron }],
    [resources.jobs, `${job}-1`, { metadata: { ownerReferences: [owner] } as object, spec: { template } }],
    [resources.validatingAdmissionPolicies, policy, { run, spec: denial }],
    [resources.validatingAdmissionPolicyBindings, policy, { run, spec: binding }],
  ];
  for (const [resource, name, content] of left) await make(cluster, resource, name, content);
};
