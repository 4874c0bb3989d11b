import { type KubernetesObject, resources } from '../../kube/cluster.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import { jobLabelName, type RecurringJob, systemBackupJobLabel } from '../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type {
  Backup,
  BackupVolume,
  Snapshot,
  SystemBackup,
  SystemRestore,
  Volume,
} from '../../longhorn/types.ts';
import { describeSystemBackup } from '../steps/system-backup/system-backup.ts';
import { describeSnapshot } from '../steps/volume/snapshot.ts';
import { describeVolume } from '../steps/volume/volume.ts';
import { anyNamespaceKind, type CleanupKind, label, policyKind, volumePartKind } from './kind.ts';

const ofTarget = (object: KubernetesObject): string | undefined => label(object, 'backup-target');

/** All kinds, in the order in which they are found, printed and removed. */
export const cleanupKinds = {
  // First, because a policy may deny the deletions that follow.
  bindings: policyKind('policy binding', resources.validatingAdmissionPolicyBindings),
  policies: policyKind('admission policy', resources.validatingAdmissionPolicies),
  // Before all that it may make again.
  systemRestores: {
    what: 'system restore',
    resource: longhornResources.systemRestores,
    namespace,
    limit: ({ systemBackupGone }) => systemBackupGone,
    describe: (object) => describeSystemBackup(object as SystemRestore),
  },
  // Before backups, because recurring jobs make new backups.
  recurringJobs: {
    what: 'recurring job',
    resource: longhornResources.recurringJobs,
    namespace,
    owns: true,
    // One that Longhorn made in a restore has no label, and maybe another name.
    owners: (object) => (object as RecurringJob).spec.groups ?? [],
    limit: ({ jobsGone }) => jobsGone,
  },
  cronJobs: {
    what: 'CronJob',
    resource: resources.cronJobs,
    namespace,
    owners: (object) => [label(object, jobLabelName)],
    waitsForItsOwn: true,
    limit: ({ jobsGone }) => jobsGone,
  },
  jobs: {
    what: 'Job',
    resource: resources.jobs,
    namespace,
    owners: ({ metadata }) =>
      (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'CronJob').map(({ name }) => name),
    waitsForItsOwn: true,
    limit: ({ jobsGone }) => jobsGone,
  },
  jobPods: {
    what: 'job pod',
    resource: resources.pods,
    namespace,
    owners: (object) => [label(object, jobLabelName)],
    limit: ({ jobsGone }) => jobsGone,
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
    // A deletion that was requested earlier may have failed. Longhorn waits longer before each retry.
    limit: ({ backupsGone, oldBackupsDeleted }, { metadata }) =>
      metadata.deletionTimestamp === undefined ? backupsGone : oldBackupsDeleted,
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
  },
  volumes: {
    what: 'volume',
    resource: longhornResources.volumes,
    namespace,
    owns: true,
    limit: ({ volumeGone }) => volumeGone,
    describe: (object) => describeVolume(object as Volume),
  },
  attachments: volumePartKind('volume attachment', longhornResources.volumeAttachments),
  engines: volumePartKind('engine', longhornResources.engines),
  replicas: volumePartKind('replica', longhornResources.replicas),
  // After the volumes, as in the cleanup of a scenario.
  snapshots: {
    what: 'snapshot',
    resource: longhornResources.snapshots,
    namespace,
    owners: (object) => [(object as Snapshot).spec?.volume],
    limit: ({ snapshotsGone }) => snapshotsGone,
    describe: (object) => describeSnapshot(object as Snapshot),
  },
  // One that Longhorn found in a store has lost the labels of its run and its job.
  systemBackups: {
    what: 'system backup',
    resource: longhornResources.systemBackups,
    namespace,
    owners: (object) => [object.metadata.name, label(object, systemBackupJobLabel)],
    limit: ({ systemBackupGone }) => systemBackupGone,
    describe: (object) => describeSystemBackup(object as SystemBackup),
  },
  backupTargets: {
    what: 'backup target',
    resource: longhornResources.backupTargets,
    namespace,
    owns: true,
    limit: ({ targetGone }) => targetGone,
  },
  // After the targets, because Longhorn needs the Secrets to log in for them.
  credentials: {
    what: 'Secret',
    resource: resources.secrets,
    namespace,
    limit: ({ namespaceGone }) => namespaceGone,
  },
  supportBundles: {
    what: 'support bundle',
    resource: longhornResources.supportBundles,
    namespace,
    limit: ({ supportBundleGone }) => supportBundleGone,
  },
  // Objects of stores in a shared namespace. Other stores are removed with their namespaces.
  deployments: { ...anyNamespaceKind('Deployment', resources.deployments), waitsForItsOwn: true },
  services: anyNamespaceKind('Service', resources.services),
  configMaps: anyNamespaceKind('ConfigMap', resources.configMaps),
  secrets: { ...anyNamespaceKind('Secret', resources.secrets), except: namespace },
  leases: anyNamespaceKind('Lease', resources.leases),
  // Objects of a fleet's service account that are outside its namespace.
  roleBindings: anyNamespaceKind('RoleBinding', resources.roleBindings),
  roles: anyNamespaceKind('Role', resources.roles),
  clusterRoleBindings: anyNamespaceKind('ClusterRoleBinding', resources.clusterRoleBindings),
  clusterRoles: anyNamespaceKind('ClusterRole', resources.clusterRoles),
  namespaces: {
    what: 'namespace',
    resource: resources.namespaces,
    limit: ({ namespaceGone }) => namespaceGone,
  },
} as const satisfies Record<string, CleanupKind>;

export type KindName = keyof typeof cleanupKinds;

export const kindNames = Object.keys(cleanupKinds) as readonly KindName[];
