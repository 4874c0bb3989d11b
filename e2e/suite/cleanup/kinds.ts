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
import {
  anyNamespaceKind,
  type CleanupKind,
  label,
  longhornKind,
  policyKind,
  volumePartKind,
} from './kind.ts';

const ofTarget = (object: KubernetesObject): string | undefined => label(object, 'backup-target');

/** All kinds, in the order in which they are found, printed and removed. */
export const cleanupKinds = {
  // First, because a policy may deny the deletions that follow.
  bindings: policyKind('policy binding', resources.validatingAdmissionPolicyBindings),
  policies: policyKind('admission policy', resources.validatingAdmissionPolicies),
  // Before all that it may make again.
  systemRestores: longhornKind('system restore', longhornResources.systemRestores, {
    limit: ({ systemBackupGone }) => systemBackupGone,
    describe: (object) => describeSystemBackup(object as SystemRestore),
  }),
  // Before backups, because they make new backups.
  volumeSnapshots: longhornKind('VolumeSnapshot', resources.volumeSnapshots, {
    limit: ({ volumeSnapshotGone }) => volumeSnapshotGone,
  }),
  // Those that the snapshot controller made have no label.
  volumeSnapshotContents: {
    what: 'VolumeSnapshotContent',
    resource: resources.volumeSnapshotContents,
    owners: ({ spec }) => [(spec as { volumeSnapshotClassName?: string }).volumeSnapshotClassName],
    limit: ({ volumeSnapshotGone }) => volumeSnapshotGone,
  },
  // Before backups, because recurring jobs make new backups.
  recurringJobs: longhornKind('recurring job', longhornResources.recurringJobs, {
    owns: true,
    // One that Longhorn made in a restore has no label, and maybe another name.
    owners: (object) => (object as RecurringJob).spec.groups ?? [],
    limit: ({ jobsGone }) => jobsGone,
  }),
  cronJobs: longhornKind('CronJob', resources.cronJobs, {
    owners: (object) => [label(object, jobLabelName)],
    waitsForItsOwn: true,
    limit: ({ jobsGone }) => jobsGone,
  }),
  jobs: longhornKind('Job', resources.jobs, {
    owners: ({ metadata }) =>
      (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'CronJob').map(({ name }) => name),
    waitsForItsOwn: true,
    limit: ({ jobsGone }) => jobsGone,
  }),
  jobPods: longhornKind('job pod', resources.pods, {
    owners: (object) => [label(object, jobLabelName)],
    limit: ({ jobsGone }) => jobsGone,
  }),
  backups: longhornKind('backup', longhornResources.backups, {
    owners: (object) => [
      label(object, 'backup-volume'),
      (object as Backup).status?.volumeName,
      ofTarget(object),
    ],
    // A deletion that was requested earlier may have failed. Longhorn waits longer before each retry.
    limit: ({ backupsGone, oldBackupsDeleted }, { metadata }) =>
      metadata.deletionTimestamp === undefined ? backupsGone : oldBackupsDeleted,
    describe: (object) => describeBackup(object as Backup),
  }),
  backupVolumes: longhornKind('backup volume', longhornResources.backupVolumes, {
    owners: (object) => [
      label(object, 'backup-volume'),
      (object as BackupVolume).spec?.volumeName,
      ofTarget(object),
    ],
    limit: ({ backupVolumeGone }) => backupVolumeGone,
  }),
  volumes: longhornKind('volume', longhornResources.volumes, {
    owns: true,
    limit: ({ volumeGone }) => volumeGone,
    describe: (object) => describeVolume(object as Volume),
  }),
  attachments: volumePartKind('volume attachment', longhornResources.volumeAttachments),
  engines: volumePartKind('engine', longhornResources.engines),
  replicas: volumePartKind('replica', longhornResources.replicas),
  // After the volumes, as in the cleanup of a scenario.
  snapshots: longhornKind('snapshot', longhornResources.snapshots, {
    owners: (object) => [(object as Snapshot).spec?.volume],
    limit: ({ snapshotsGone }) => snapshotsGone,
    describe: (object) => describeSnapshot(object as Snapshot),
  }),
  // One that Longhorn found in a store has lost the labels of its run and its job.
  systemBackups: longhornKind('system backup', longhornResources.systemBackups, {
    owners: (object) => [object.metadata.name, label(object, systemBackupJobLabel)],
    limit: ({ systemBackupGone }) => systemBackupGone,
    describe: (object) => describeSystemBackup(object as SystemBackup),
  }),
  backupTargets: longhornKind('backup target', longhornResources.backupTargets, {
    owns: true,
    limit: ({ targetGone }) => targetGone,
  }),
  // After the targets, because Longhorn needs the Secrets to log in for them.
  credentials: longhornKind('Secret', resources.secrets, {
    limit: ({ namespaceGone }) => namespaceGone,
  }),
  supportBundles: longhornKind('support bundle', longhornResources.supportBundles, {
    limit: ({ supportBundleGone }) => supportBundleGone,
  }),
  // Objects of stores in a shared namespace. Other stores are removed with their namespaces.
  deployments: { ...anyNamespaceKind('Deployment', resources.deployments), waitsForItsOwn: true },
  services: anyNamespaceKind('Service', resources.services),
  configMaps: anyNamespaceKind('ConfigMap', resources.configMaps),
  secrets: { ...anyNamespaceKind('Secret', resources.secrets), except: namespace },
  leases: anyNamespaceKind('Lease', resources.leases),
  storageClasses: {
    what: 'StorageClass',
    resource: resources.storageClasses,
    limit: ({ namespaceGone }) => namespaceGone,
  },
  volumeSnapshotClasses: {
    what: 'VolumeSnapshotClass',
    resource: resources.volumeSnapshotClasses,
    limit: ({ namespaceGone }) => namespaceGone,
  },
  persistentVolumeClaims: longhornKind('PersistentVolumeClaim', resources.persistentVolumeClaims, {
    limit: ({ namespaceGone }) => namespaceGone,
  }),
  persistentVolumes: {
    what: 'PersistentVolume',
    resource: resources.persistentVolumes,
    limit: ({ namespaceGone }) => namespaceGone,
  },
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
