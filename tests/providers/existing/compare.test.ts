import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRecording } from '../../../e2e/history/recording.ts';
import { type KubernetesObject, type Resource, resources } from '../../../e2e/kube/cluster.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { collections } from '../../../providers/existing/baseline/collections.ts';
import { compare, note } from '../../../providers/existing/baseline/compare.ts';
import { longhornObjects } from '../../support/longhorn-objects.ts';

type Playing = Parameters<typeof collections>[0];
type Objects = [Resource, KubernetesObject[]][];

const run = 'abc123';

const differences = (before: Objects, after: Objects, playing: Playing = { allow: [], stores: undefined }) =>
  collections(playing).flatMap((collection) => {
    const of = (all: Objects) =>
      all.filter(([resource]) => resource === collection.resource).flatMap(([, objects]) => objects);
    return compare(collection, { was: note(collection, of(before)), objects: of(after), run });
  });
const texts = (...compared: Parameters<typeof differences>) =>
  differences(...compared).map(({ text }) => text);

/** The cluster with one object of it changed. */
const changed = (
  resource: Resource,
  name: string,
  change: (object: KubernetesObject) => KubernetesObject | undefined,
): Objects =>
  longhornObjects().map(([each, objects]) => [
    each,
    each === resource
      ? objects.flatMap((object) => (object.metadata.name === name ? (change(object) ?? []) : object))
      : objects,
  ]);
/** The cluster with one more object. */
const withMore = (resource: Resource, object: KubernetesObject): Objects => [
  ...longhornObjects(),
  [resource, [object]],
];

const metadata = (change: object) => (object: KubernetesObject) => ({
  ...object,
  metadata: { ...object.metadata, ...change },
});
const spec = (change: object) => (object: KubernetesObject) => ({
  ...object,
  spec: { ...(object.spec as object), ...change },
});
const status = (change: object) => (object: KubernetesObject) => ({
  ...object,
  status: { ...(object.status as object), ...change },
});
const conditions = (...all: [type: string, status: string][]) => ({
  conditions: all.map(([type, status]) => ({ type, status })),
});
const restarted = { containerStatuses: [{ name: 'longhorn-manager', restartCount: 2 }] };

test('a cluster is as it was when nothing was done', () => {
  expect(texts(longhornObjects(), longhornObjects())).toEqual([]);
});

const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
describe.each<[string, boolean, Record<string, Objects>]>([
  [
    'what somebody set counts, with what it was and is',
    false,
    {
      'setting backup-concurrent-limit: value was "2", is "5" (last written by kubectl-edit, 2026-11-20T09:00:00Z)':
        changed(longhorn.settings, 'backup-concurrent-limit', (object) => ({
          ...metadata({
            managedFields: [
              { manager: 'kubectl-edit', time: '2026-11-20T09:00:00Z' },
              { manager: 'longhorn-manager', time: '2026-11-20T08:00:00Z' },
              { manager: 'longhorn-manager', time: '2026-11-20T09:30:00Z', subresource: 'status' },
            ],
          })(object),
          value: '5',
        })),
      'backup target default: spec.backupTargetURL was "nfs://nas:/backups", is "nfs://corral:/x"': changed(
        longhorn.backupTargets,
        'default',
        spec({ backupTargetURL: 'nfs://corral:/x' }),
      ),
      'node of Longhorn node2: spec.allowScheduling was true, is false': changed(
        longhorn.nodes,
        'node2',
        spec({ allowScheduling: false }),
      ),
      'recurring job nightly: spec.retain was 7, is 1': changed(
        longhorn.recurringJobs,
        'nightly',
        spec({ retain: 1 }),
      ),
      'volume pvc-1: spec.numberOfReplicas was 2, is 1': changed(
        longhorn.volumes,
        'pvc-1',
        spec({ numberOfReplicas: 1 }),
      ),
      'volume pvc-1 is another one of that name now (made 2026-11-20T08:02:47Z)': changed(
        longhorn.volumes,
        'pvc-1',
        metadata({ uid: 'new' }),
      ),
      'volume pvc-1 is being removed': changed(
        longhorn.volumes,
        'pvc-1',
        metadata({ deletionTimestamp: '2026-11-20T09:00:00Z' }),
      ),
      'node node1: unschedulable was not set, is true': changed(
        resources.nodes,
        'node1',
        spec({ unschedulable: true }),
      ),
      'longhorn-manager on node1: restarts.longhorn-manager was 1, is 2': changed(
        resources.pods,
        'longhorn-manager-a',
        status(restarted),
      ),
      'longhorn-manager on node1: pod was "longhorn-manager-a", is "longhorn-manager-c"': changed(
        resources.pods,
        'longhorn-manager-a',
        metadata({ name: 'longhorn-manager-c' }),
      ),
    },
  ],
  [
    'what the cluster shows counts, and may yet be over',
    true,
    {
      'node of Longhorn node2: conditions.Ready was "True", is "False"': changed(
        longhorn.nodes,
        'node2',
        status(conditions(['Ready', 'False'], ['Schedulable', 'True'])),
      ),
      'node of Longhorn node2: disks.default-disk-4f5e6.Schedulable was "True", is "False"': changed(
        longhorn.nodes,
        'node2',
        status({
          diskStatus: { 'default-disk-4f5e6': conditions(['Ready', 'True'], ['Schedulable', 'False']) },
        }),
      ),
      'backup target default: available was true, is false': changed(
        longhorn.backupTargets,
        'default',
        status({ available: false }),
      ),
      'engine image ei-493e04e7: state was "deployed", is "deploying"': changed(
        longhorn.engineImages,
        'ei-493e04e7',
        status({ state: 'deploying' }),
      ),
      [`node node1: taints was not set, is ${JSON.stringify([taint])}`]: changed(
        resources.nodes,
        'node1',
        spec({ taints: [taint] }),
      ),
      'longhorn-manager on node1: ready was "True", is "False"': changed(
        resources.pods,
        'longhorn-manager-a',
        status(conditions(['Ready', 'False'])),
      ),
    },
  ],
])('%s', (_, passing, cases) => {
  test.each(Object.entries(cases))('%s', (text, after) => {
    expect(differences(longhornObjects(), after)).toEqual([{ text, passing }]);
  });
});

test.each<[string, Objects, string[]]>([
  [
    'node2 longhorn.nodes',
    changed(longhorn.nodes, 'node2', spec({ disks: {} })),
    [
      'node of Longhorn node2: spec.disks.default-disk-4f5e6.allowScheduling was true, is not set',
      'node of Longhorn node2: spec.disks.default-disk-4f5e6.diskType was "filesystem", is not set',
      'node of Longhorn node2: spec.disks.default-disk-4f5e6.path was "/var/lib/longhorn/", is not set',
      'node of Longhorn node2: spec.disks.default-disk-4f5e6.storageReserved was 3221225472, is not set',
    ],
  ],
  [
    'ei-493e04e7 longhorn.engineImages',
    changed(longhorn.engineImages, 'ei-493e04e7', spec({ image: 'other' })),
    [expect.stringContaining('engine image ei-493e04e7: spec.image was')],
  ],
  [
    'node1 resources.nodes',
    changed(resources.nodes, 'node1', metadata({ labels: { zone: 'b' } })),
    expect.arrayContaining(['node node1: labels.zone was not set, is "b"']),
  ],
])('several at once (%s)', (_, after, expected) => {
  const found = differences(longhornObjects(), after);
  expect(found.map(({ text }) => text)).toEqual(expected);
  expect(found.every(({ passing }) => !passing)).toBe(true);
});

describe('what changes by itself does not count', () => {
  const recurring = { spec: { createSnapshot: true, volume: 'pvc-1', labels: { RecurringJob: 'nightly' } } };
  test.each<[string, Objects]>([
    [
      'a request for a synchronisation',
      changed(longhorn.backupTargets, 'default', spec({ syncRequestedAt: '2026-11-20T10:00:00Z' })),
    ],
    [
      'the time of the last one',
      changed(
        longhorn.backupTargets,
        'default',
        status({ lastSyncedAt: '2026-11-20T10:00:00Z', ownerID: 'node1' }),
      ),
    ],
    [
      'the version that is to be had',
      changed(longhorn.settings, 'latest-longhorn-version', (object) => ({ ...object, value: 'v1.12.2' })),
    ],
    [
      'where a volume is attached',
      changed(longhorn.volumes, 'pvc-1', spec({ nodeID: 'node2', lastAttachedBy: 'csi' })),
    ],
    [
      'how a volume is',
      changed(
        longhorn.volumes,
        'pvc-1',
        status({ state: 'detached', robustness: 'unknown', actualSize: 8192 }),
      ),
    ],
    [
      'annotations and versions',
      changed(resources.nodes, 'node1', metadata({ resourceVersion: '99', annotations: {} })),
    ],
    [
      'a field that Go does not tell from none',
      changed(
        longhorn.volumes,
        'pvc-1',
        spec({ encrypted: false, snapshotMaxSize: '', dataSource: null, diskSelector: [] }),
      ),
    ],
    [
      'how much is on a disk',
      changed(longhorn.nodes, 'node1', (object) => {
        const [name, disk] = Object.entries(
          (object.status as { diskStatus: Record<string, object> }).diskStatus,
        )[0] ?? ['', {}];
        return status({ diskStatus: { [name]: { ...disk, storageAvailable: 1 } } })(object);
      }),
    ],
    [
      'how many use an engine image',
      changed(longhorn.engineImages, 'ei-493e04e7', status({ refCount: 9, ownerID: 'node2' })),
    ],
    [
      "a recurring job's snapshot",
      withMore(longhorn.snapshots, { metadata: { name: 'nightly-c-1' }, ...recurring }),
    ],
    [
      "a recurring job's backup",
      withMore(longhorn.backups, {
        metadata: { name: 'backup-2' },
        spec: {},
        status: { labels: { RecurringJob: 'nightly' } },
      }),
    ],
    [
      'a snapshot of a rebuilt replica',
      withMore(longhorn.snapshots, {
        metadata: { name: '9d1f' },
        spec: { volume: 'pvc-1' },
        status: { userCreated: false },
      }),
    ],
    ['a namespace of somebody', withMore(resources.namespaces, { metadata: { name: 'shop' } })],
    [
      "another run's target",
      withMore(longhorn.backupTargets, { metadata: { name: 'x', labels: { 'corral.test/run': 'zzz999' } } }),
    ],
    [
      "another run's backup, made by Longhorn",
      withMore(longhorn.backups, {
        metadata: { name: 'b', labels: { 'backup-volume': 'corral-zzz999-volume-1a2b' } },
      }),
    ],
  ])('%s', (_, after) => {
    expect(texts(longhornObjects(), after)).toEqual([]);
  });

  test('what has gone and come back under its name in the backup store', () => {
    expect(texts(longhornObjects(), changed(longhorn.backups, 'backup-1', metadata({ uid: 'new' })))).toEqual(
      [],
    );
  });

  test('what was about to go', () => {
    const leaving = changed(
      longhorn.backups,
      'backup-1',
      metadata({ deletionTimestamp: '2026-11-20T09:00:00Z' }),
    );
    expect(
      texts(
        leaving,
        changed(longhorn.backups, 'backup-1', () => undefined),
      ),
    ).toEqual([]);
    expect(texts(leaving, leaving)).toEqual([]);
  });

  test('a manager that was killed, where that is allowed', () => {
    const [before, after] = [
      longhornObjects(),
      changed(resources.pods, 'longhorn-manager-a', metadata({ name: 'longhorn-manager-c' })),
    ];
    expect(texts(before, after, { allow: ['manager-kill'], stores: undefined })).toEqual([]);
    const ends = withMore(resources.pods, {
      metadata: { name: 'longhorn-manager-z', deletionTimestamp: '2026-11-20T09:00:00Z' },
      spec: { nodeName: 'node1' },
    });
    expect(texts(before, ends)).toEqual([]);
  });
});

describe('what has come and what has gone', () => {
  test('counts, whoever did it', () => {
    const made = { metadata: { name: 'pvc-2', creationTimestamp: '2026-11-20T09:00:00Z' } };
    expect(texts(longhornObjects(), withMore(longhorn.volumes, made))).toEqual([
      'volume pvc-2 was not there before (made 2026-11-20T09:00:00Z)',
    ]);
    expect(
      texts(
        longhornObjects(),
        changed(longhorn.backups, 'backup-1', () => undefined),
      ),
    ).toEqual(['backup backup-1 is gone']);
    expect(
      texts(
        longhornObjects(),
        changed(longhorn.settings, 'backup-concurrent-limit', () => undefined),
      ),
    ).toEqual(['setting backup-concurrent-limit is gone']);
  });

  test('a manager that has gone may yet come back', () => {
    const found = differences(
      longhornObjects(),
      changed(resources.pods, 'longhorn-manager-a', () => undefined),
    );
    expect(found).toEqual([{ text: 'longhorn-manager on node1 is gone', passing: true }]);
  });
});

describe('what the run left behind counts', () => {
  test.each(
    Object.entries<Objects>({
      'volume x is left behind by the run': withMore(longhorn.volumes, {
        metadata: { name: 'x', labels: { 'corral.test/run': run } },
      }),
      [`snapshot corral-${run}-snapshot-1a2b is left behind by the run`]: withMore(longhorn.snapshots, {
        metadata: { name: `corral-${run}-snapshot-1a2b` },
      }),
      'snapshot s is left behind by the run': withMore(longhorn.snapshots, {
        metadata: { name: 's' },
        spec: { volume: `corral-${run}-volume-1a2b` },
      }),
      'backup b is left behind by the run': withMore(longhorn.backups, {
        metadata: { name: 'b', labels: { 'backup-volume': `corral-${run}-volume-1a2b` } },
      }),
      'backup volume v is left behind by the run': withMore(longhorn.backupVolumes, {
        metadata: { name: 'v', labels: { 'backup-target': `corral-${run}-target-1` } },
      }),
      [`namespace corral-${run}-store-1a2b is left behind by the run`]: withMore(resources.namespaces, {
        metadata: { name: `corral-${run}-store-1a2b` },
      }),
      'backup b is left behind by the run, being removed since 2026-11-20T09:00:00Z, held by longhorn.io':
        withMore(longhorn.backups, {
          metadata: {
            name: 'b',
            labels: { 'corral.test/run': run },
            deletionTimestamp: '2026-11-20T09:00:00Z',
            finalizers: ['longhorn.io'],
          },
        }),
    }),
  )('%s', (text, after) => {
    expect(differences(longhornObjects(), after)).toEqual([
      { text, passing: text.includes('being removed') },
    ]);
  });

  test('admission policies where the run may make them, stores in the namespace that it was given', () => {
    const after = [
      ...withMore(resources.validatingAdmissionPolicies, { metadata: { name: `corral-${run}-deny-1a2b` } }),
      ...withMore(resources.deployments, {
        metadata: { name: 'backupstore', labels: { 'corral.test/run': run } },
      }),
    ];
    expect(texts(longhornObjects(), after)).toEqual([]);
    expect(texts(longhornObjects(), after, { allow: ['admission-policy'], stores: 'corral' })).toEqual([
      'deployment in namespace corral backupstore is left behind by the run',
      `admission policy corral-${run}-deny-1a2b is left behind by the run`,
    ]);
  });
});

describe('a real Longhorn that works for others', () => {
  const folder = fileURLToPath(new URL('../../../fixtures/recordings/', import.meta.url));
  test.each(globSync('*/*.ndjson', { cwd: folder }))(
    '%s: no state that an object went through counts, but that it is removed',
    async (name) => {
      const { lines } = await loadRecording(`${folder}${name}`);
      const last = new Map<string, KubernetesObject>();
      const found = new Set<string>();
      let compared = 0;
      for (const line of lines) {
        if (!('type' in line) || line.type === 'GAP' || line.type === 'DELETED') continue;
        const resource = (longhorn as Record<string, Resource>)[
          { backupvolumes: 'backupVolumes', backuptargets: 'backupTargets', recurringjobs: 'recurringJobs' }[
            line.resource
          ] ?? line.resource
        ];
        if (resource === undefined) continue;
        const key = `${line.resource}/${line.object.metadata.uid}`;
        const before = last.get(key);
        last.set(key, line.object);
        if (before === undefined) continue;
        compared += 1;
        for (const text of texts([[resource, [before]]], [[resource, [line.object]]]))
          found.add(text.replace(/^.* is being removed$/, 'removed'));
      }
      expect(compared).toBeGreaterThan(10);
      expect([...found].filter((text) => text !== 'removed')).toEqual([]);
    },
  );
});
