import { type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import type { StubServer } from './stub-api-server.ts';

const condition = (type: string, status: string) => ({ type, status, reason: '', message: '' });

const longhorn = (kind: string, name: string, rest: object): KubernetesObject => {
  const since = { uid: `uid-of-${name}`, creationTimestamp: '2026-11-20T08:02:47Z' };
  const metadata = { name, namespace, ...since, finalizers: ['longhorn.io'] };
  return { apiVersion: 'longhorn.io/v1beta2', kind, metadata, ...rest };
};

const setting = (name: string, value: string): KubernetesObject =>
  longhorn('Setting', name, { value, status: { applied: true } });

const longhornNode = (name: string): KubernetesObject => {
  const disk = { allowScheduling: true, diskType: 'filesystem', path: '/var/lib/longhorn/', tags: [] };
  const schedulable = [condition('Ready', 'True'), condition('Schedulable', 'True')];
  const storage = { storageAvailable: 9_663_676_416, storageMaximum: 12_884_901_888, storageScheduled: 0 };
  return longhorn('Node', name, {
    spec: {
      ...{ allowScheduling: true, evictionRequested: false, name, tags: [] },
      disks: { 'default-disk-4f5e6': { ...disk, storageReserved: 3_221_225_472 } },
    },
    status: {
      conditions: [...schedulable, condition('MountPropagation', 'True')],
      diskStatus: { 'default-disk-4f5e6': { conditions: schedulable, ...storage } },
    },
  });
};

const node = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    ...{ name, uid: `uid-of-${name}`, annotations: { 'node.alpha.kubernetes.io/ttl': '0' } },
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
  },
  spec: { podCIDR: '10.244.1.0/24' },
  status: { conditions: [condition('DiskPressure', 'False'), condition('Ready', 'True')] },
});

const manager = (name: string, on: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-of-${name}`, labels: { app: 'longhorn-manager' } },
  spec: {
    nodeName: on,
    containers: [{ name: 'longhorn-manager', image: 'docker.io/longhornio/longhorn-manager:v1.12.1' }],
  },
  status: {
    phase: 'Running',
    conditions: [condition('Ready', 'True')],
    containerStatuses: [
      { name: 'longhorn-manager', restartCount: 1 },
      { name: 'pre-pull-share-manager-image', restartCount: 0 },
    ],
  },
});

const settings = {
  'backup-concurrent-limit': '2',
  'current-longhorn-version': 'v1.12.1',
  'latest-longhorn-version': 'v1.12.1',
};
const engineImage = longhorn('EngineImage', 'ei-493e04e7', {
  spec: { image: 'docker.io/longhornio/longhorn-engine:v1.12.1' },
  status: { state: 'deployed', nodeDeploymentMap: { node1: true, node2: true }, ownerID: 'node1' },
});
const target = longhorn('BackupTarget', 'default', {
  spec: {
    ...{ backupTargetURL: 'nfs://nas:/backups', credentialSecret: '', pollInterval: '5m0s' },
    syncRequestedAt: '2026-11-20T08:19:18Z',
  },
  status: { available: true, lastSyncedAt: '2026-11-20T08:16:09Z', ownerID: 'node2' },
});
const job = { name: 'nightly', task: 'backup', cron: '0 2 * * *', retain: 7, concurrency: 1 };
const recurringJob = longhorn('RecurringJob', 'nightly', {
  spec: { ...job, groups: ['default'], labels: {}, parameters: {} },
  status: { executionCount: 0, ownerID: '' },
});
const size = { size: '1073741824', numberOfReplicas: 2, frontend: 'blockdev' };
const volume = longhorn('Volume', 'pvc-1', {
  spec: { ...size, nodeID: 'node1', lastAttachedBy: '' },
  status: { state: 'attached', robustness: 'healthy', actualSize: 4096 },
});
const snapshot = longhorn('Snapshot', 'snapshot-1', { spec: { createSnapshot: true, volume: 'pvc-1' } });
const backup = longhorn('Backup', 'backup-1', {
  spec: { backupMode: 'incremental', snapshotName: 'snapshot-1' },
});
const backupVolume = longhorn('BackupVolume', 'pvc-1-4042a219', {
  spec: { backupTargetName: 'default', volumeName: 'pvc-1' },
});

const all: [Resource, KubernetesObject[]][] = [
  [resources.nodes, [node('node1'), node('node2')]],
  [resources.pods, [manager('longhorn-manager-a', 'node1'), manager('longhorn-manager-b', 'node2')]],
  [longhornResources.settings, Object.entries(settings).map(([name, value]) => setting(name, value))],
  [longhornResources.nodes, [longhornNode('node1'), longhornNode('node2')]],
  [longhornResources.engineImages, [engineImage]],
  [longhornResources.backupTargets, [target]],
  [longhornResources.recurringJobs, [recurringJob]],
  [longhornResources.volumes, [volume]],
  [longhornResources.snapshots, [snapshot]],
  [longhornResources.backups, [backup]],
  [longhornResources.backupVolumes, [backupVolume]],
];

/** The objects of a Longhorn v1.12.1 that is in use on two nodes, by resource. */
export const longhornObjects = (): typeof all =>
  all.map(([resource, objects]) => [resource, structuredClone(objects)]);

/** Puts that Longhorn into a stub server. */
export const putLonghorn = (server: StubServer): void => {
  for (const [resource, objects] of longhornObjects()) server.put(resource, ...objects);
  server.put(resources.deployments);
};

/** The minimal objects of a Longhorn on these nodes. A node with a question mark is not ready. */
export const leastLonghorn = (names: string, version = 'v1.12.1') => {
  const nodes = names.split(' ').map((name) => name.replace('?', ''));
  return {
    settings: [{ metadata: { name: 'current-longhorn-version' }, value: version }],
    pods: nodes.map((name) => manager(`longhorn-manager-${name}`, name)),
    nodes: nodes.map((name) => ({
      metadata: { name },
      status: { conditions: [condition('Ready', names.includes(`${name}?`) ? 'False' : 'True')] },
    })),
  };
};
