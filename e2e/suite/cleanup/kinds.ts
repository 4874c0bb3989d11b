import { type KubernetesObject, resources } from '../../kube/cluster.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import { jobLabelName } from '../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type { Backup, BackupVolume, Snapshot, Volume } from '../../longhorn/types.ts';
import { describeSnapshot } from '../steps/volume/snapshot.ts';
import { describeVolume } from '../steps/volume/volume.ts';
import { anywhere, type CleanupKind, label, nothing, part, policies } from './kind.ts';

const ofTarget = (object: KubernetesObject): string | undefined => label(object, 'backup-target');

/** All kinds, in the order in which they are found, printed and removed. */
export const cleanupKinds = {
  // First, because a policy may deny the deletions that follow.
  bindings: policies('policy binding', resources.validatingAdmissionPolicyBindings),
  policies: policies('admission policy', resources.validatingAdmissionPolicies),
  // Before backups, because recurring jobs make new backups.
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
    // A deletion that was requested earlier may have failed. Longhorn waits longer before each retry.
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
  // After the volumes, as in the cleanup of a scenario.
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
  // After the targets, because Longhorn needs the Secrets to log in for them.
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
  // Objects of stores in a shared namespace. Other stores are removed with their namespaces.
  deployments: { ...anywhere('Deployment', resources.deployments), waitsForItsOwn: true },
  services: anywhere('Service', resources.services),
  configMaps: anywhere('ConfigMap', resources.configMaps),
  secrets: { ...anywhere('Secret', resources.secrets), except: namespace },
  leases: anywhere('Lease', resources.leases),
  // Objects of a fleet's service account that are outside its namespace.
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

export const kindNames = Object.keys(cleanupKinds) as readonly KindName[];
