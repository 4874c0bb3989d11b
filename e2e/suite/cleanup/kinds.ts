import { type KubernetesObject, resources } from '../../kube/cluster.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import { jobLabelName } from '../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type { Backup, BackupVolume, Snapshot, Volume } from '../../longhorn/types.ts';
import { describeSnapshot } from '../steps/volume/snapshot.ts';
import { describeVolume } from '../steps/volume/volume.ts';
import { anywhere, type CleanupKind, label, nothing, part, policies } from './kind.ts';

const ofTarget = (object: KubernetesObject): string | undefined => label(object, 'backup-target');

/** All of them, in the order in which they are found, named and removed. */
export const cleanupKinds = {
  // A policy may deny the very deletions that come next.
  bindings: policies('policy binding', resources.validatingAdmissionPolicyBindings),
  policies: policies('admission policy', resources.validatingAdmissionPolicies),
  // Before backups, or they would go on making some.
  recurringJobs: {
    what: 'recurring job',
    resource: longhornResources.recurringJobs,
    namespace,
    owns: true,
    limit: ({ jobsGone }) => jobsGone,
    describe: nothing,
  },
  cronJobs: {
    what: 'CronJob',
    resource: resources.cronJobs,
    namespace,
    owners: (object) => [label(object, jobLabelName)],
    waitsForItsOwn: true,
    limit: ({ jobsGone }) => jobsGone,
    describe: nothing,
  },
  jobs: {
    what: 'Job',
    resource: resources.jobs,
    namespace,
    owners: ({ metadata }) =>
      (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'CronJob').map(({ name }) => name),
    waitsForItsOwn: true,
    limit: ({ jobsGone }) => jobsGone,
    describe: nothing,
  },
  jobPods: {
    what: 'job pod',
    resource: resources.pods,
    namespace,
    owners: (object) => [label(object, jobLabelName)],
    limit: ({ jobsGone }) => jobsGone,
    describe: nothing,
  },
  backups: {
    what: 'backup',
    resource: longhornResources.backups,
    namespace,
    owners: (object) => [
      label(object, 'backup-volume'),
      (object as Backup).status?.volumeName,
      ofTarget(object),
    ],
    // One whose deletion was asked for before may have failed some times, and waits longer each time.
    limit: ({ backupsGone, oldOnesGo }, { metadata }) =>
      metadata.deletionTimestamp === undefined ? backupsGone : oldOnesGo,
    describe: (object) => describeBackup(object as Backup),
  },
  backupVolumes: {
    what: 'backup volume',
    resource: longhornResources.backupVolumes,
    namespace,
    owners: (object) => [
      label(object, 'backup-volume'),
      (object as BackupVolume).spec?.volumeName,
      ofTarget(object),
    ],
    limit: ({ backupVolumeGone }) => backupVolumeGone,
    describe: nothing,
  },
  volumes: {
    what: 'volume',
    resource: longhornResources.volumes,
    namespace,
    owns: true,
    limit: ({ volumeGone }) => volumeGone,
    describe: (object) => describeVolume(object as Volume),
  },
  attachments: part('volume attachment', longhornResources.volumeAttachments),
  engines: part('engine', longhornResources.engines),
  replicas: part('replica', longhornResources.replicas),
  // After their volume, as in the cleanup of a scenario.
  snapshots: {
    what: 'snapshot',
    resource: longhornResources.snapshots,
    namespace,
    owners: (object) => [(object as Snapshot).spec?.volume],
    limit: ({ snapshotsGone }) => snapshotsGone,
    describe: (object) => describeSnapshot(object as Snapshot),
  },
  backupTargets: {
    what: 'backup target',
    resource: longhornResources.backupTargets,
    namespace,
    owns: true,
    limit: ({ targetGone }) => targetGone,
    describe: nothing,
  },
  // After the targets, which Longhorn logs in for by them.
  credentials: {
    what: 'Secret',
    resource: resources.secrets,
    namespace,
    limit: ({ namespaceGone }) => namespaceGone,
    describe: nothing,
  },
  supportBundles: {
    what: 'support bundle',
    resource: longhornResources.supportBundles,
    namespace,
    limit: ({ supportBundleGone }) => supportBundleGone,
    describe: nothing,
  },
  // Of stores that have no namespace of their own, with which these would go.
  deployments: { ...anywhere('Deployment', resources.deployments), waitsForItsOwn: true },
  services: anywhere('Service', resources.services),
  configMaps: anywhere('ConfigMap', resources.configMaps),
  secrets: { ...anywhere('Secret', resources.secrets), except: namespace },
  leases: anywhere('Lease', resources.leases),
  // Of a fleet's service account, beside what its namespace holds.
  roleBindings: anywhere('RoleBinding', resources.roleBindings),
  roles: anywhere('Role', resources.roles),
  clusterRoleBindings: anywhere('ClusterRoleBinding', resources.clusterRoleBindings),
  clusterRoles: anywhere('ClusterRole', resources.clusterRoles),
  namespaces: {
    what: 'namespace',
    resource: resources.namespaces,
    limit: ({ namespaceGone }) => namespaceGone,
    describe: nothing,
  },
} as const satisfies Record<string, CleanupKind>;

export type KindName = keyof typeof cleanupKinds;

/** The names of all kinds, in their order. */
export const kindNames = Object.keys(cleanupKinds) as readonly KindName[];
