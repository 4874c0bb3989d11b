import { type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import type { StubServer } from './stub-api-server.ts';

const condition = (type: string, status: string, more: object = {}) => ({
  type,
  status,
  reason: '',
  message: '',
  lastProbeTime: '',
  lastTransitionTime: '2026-11-20T08:02:50Z',
  ...more,
});

const longhorn = (kind: string, name: string, rest: object): KubernetesObject => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind,
  metadata: {
    name,
    namespace,
    uid: `uid-of-${name}`,
    creationTimestamp: '2026-11-20T08:02:47Z',
    finalizers: ['longhorn.io'],
  },
  ...rest,
});

const setting = (name: string, value: string): KubernetesObject =>
  longhorn('Setting', name, { value, status: { applied: true } });

const longhornNode = (name: string): KubernetesObject =>
  longhorn('Node', name, {
    spec: {
      allowScheduling: true,
      disks: {
        'default-disk-4f5e6': {
          allowScheduling: true,
          diskType: 'filesystem',
          path: '/var/lib/longhorn/',
          storageReserved: 3_221_225_472,
          tags: [],
        },
      },
      evictionRequested: false,
      instanceManagerCPURequest: 0,
      name,
      tags: [],
    },
    status: {
      autoEvicting: false,
      conditions: [
        condition('Ready', 'True'),
        condition('MountPropagation', 'True'),
        condition('Schedulable', 'True'),
      ],
      diskStatus: {
        'default-disk-4f5e6': {
          conditions: [condition('Ready', 'True'), condition('Schedulable', 'True')],
          scheduledReplica: {},
          storageAvailable: 9_663_676_416,
          storageMaximum: 12_884_901_888,
          storageScheduled: 0,
        },
      },
      region: '',
      zone: '',
    },
  });

const node = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: `uid-of-${name}`,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
  },
  spec: { podCIDR: '10.244.1.0/24' },
  status: {
    conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) =>
      condition(type, type === 'Ready' ? 'True' : 'False', { lastHeartbeatTime: '2026-11-20T08:05:00Z' }),
    ),
  },
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

/** A Longhorn v1.12.1 on two nodes as it is in a cluster that somebody uses, by resource. */
export const longhornObjects = (): [Resource, KubernetesObject[]][] => [
  [resources.nodes, [node('node1'), node('node2')]],
  [resources.pods, [manager('longhorn-manager-a', 'node1'), manager('longhorn-manager-b', 'node2')]],
  [
    longhornResources.settings,
    [
      setting('backup-concurrent-limit', '2'),
      setting('current-longhorn-version', 'v1.12.1'),
      setting('latest-longhorn-version', 'v1.12.1'),
    ],
  ],
  [longhornResources.nodes, [longhornNode('node1'), longhornNode('node2')]],
  [
    longhornResources.engineImages,
    [
      longhorn('EngineImage', 'ei-493e04e7', {
        spec: { image: 'docker.io/longhornio/longhorn-engine:v1.12.1' },
        status: {
          state: 'deployed',
          incompatible: false,
          refCount: 3,
          nodeDeploymentMap: { node1: true, node2: true },
          ownerID: 'node1',
        },
      }),
    ],
  ],
  [
    longhornResources.backupTargets,
    [
      longhorn('BackupTarget', 'default', {
        spec: {
          backupTargetURL: 'nfs://nas:/backups',
          credentialSecret: '',
          pollInterval: '5m0s',
          syncRequestedAt: '2026-11-20T08:19:18Z',
        },
        status: { available: true, lastSyncedAt: '2026-11-20T08:16:09Z', ownerID: 'node2' },
      }),
    ],
  ],
  [
    longhornResources.recurringJobs,
    [
      longhorn('RecurringJob', 'nightly', {
        spec: {
          name: 'nightly',
          task: 'backup',
          cron: '0 2 * * *',
          retain: 7,
          concurrency: 1,
          groups: ['default'],
          labels: {},
          parameters: {},
        },
        status: { executionCount: 0, ownerID: '' },
      }),
    ],
  ],
  [
    longhornResources.volumes,
    [
      longhorn('Volume', 'pvc-1', {
        spec: {
          size: '1073741824',
          numberOfReplicas: 2,
          frontend: 'blockdev',
          nodeID: 'node1',
          lastAttachedBy: '',
        },
        status: { state: 'attached', robustness: 'healthy', actualSize: 4096 },
      }),
    ],
  ],
  [
    longhornResources.snapshots,
    [longhorn('Snapshot', 'snapshot-1', { spec: { createSnapshot: true, volume: 'pvc-1' } })],
  ],
  [
    longhornResources.backups,
    [longhorn('Backup', 'backup-1', { spec: { backupMode: 'incremental', snapshotName: 'snapshot-1' } })],
  ],
  [
    longhornResources.backupVolumes,
    [
      longhorn('BackupVolume', 'pvc-1-4042a219', {
        spec: { backupTargetName: 'default', volumeName: 'pvc-1' },
      }),
    ],
  ],
];

/** Puts that Longhorn into a stub server. */
export const putLonghorn = (server: StubServer): void => {
  for (const [resource, objects] of longhornObjects()) server.put(resource, ...objects);
  server.put(resources.deployments);
};
