import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type KubernetesObject, type Resource, resources } from '../../../e2e/kube/cluster.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { baselineCollections } from '../../../providers/existing/baseline/collections.ts';
import { compareWithBaseline, recordBaseline } from '../../../providers/existing/baseline/compare.ts';
import { longhornObjects } from '../../support/longhorn-objects.ts';
import { loadRecording } from '../../support/recordings.ts';

type Scope = Parameters<typeof baselineCollections>[0];
type Objects = [Resource, KubernetesObject[]][];

const run = 'abc123';

const differences = (before: Objects, after: Objects, scope: Scope = { allow: [], stores: undefined }) =>
  baselineCollections(scope).flatMap((collection) => {
    const of = (all: Objects) =>
      all.filter(([resource]) => resource === collection.resource).flatMap(([, objects]) => objects);
    return compareWithBaseline(collection, {
      states: recordBaseline(collection, of(before)),
      objects: of(after),
      run,
    });
  });
const texts = (...compared: Parameters<typeof differences>) =>
  differences(...compared).map(({ text }) => text);

const kinds: Record<string, Resource> = { ...longhorn, ...resources, longhornNodes: longhorn.nodes };
const isObject = (value: unknown): value is object => typeof value === 'object' && !Array.isArray(value);

/** The cluster with some fields of an object changed, without it (`null`), or with one more of that name. */
const changed = (kind: string, name: string, change: Record<string, unknown> | null): Objects => {
  const all = longhornObjects();
  const objects = all.find(([resource]) => resource === kinds[kind])?.[1] ?? [];
  const before: KubernetesObject = objects.find(({ metadata }) => metadata.name === name) ?? {
    metadata: { name },
  };
  const after = Object.entries(change ?? {}).map(([field, value]) => [
    field,
    isObject(value) ? { ...(before[field as 'metadata'] ?? {}), ...value } : value,
  ]);
  const kept = objects.filter((object) => object !== before);
  return [
    ...all.filter(([resource]) => resource !== kinds[kind]),
    [
      kinds[kind] as Resource,
      change === null ? kept : [...kept, { ...before, ...Object.fromEntries(after) }],
    ],
  ];
};

type Row = [kind: string, name: string, change: Record<string, unknown> | null, ...texts: string[]];

/** What is reported of each row: the differences from a cluster in which nothing else was done. */
const differencesOf = ([kind, name, change]: Row) =>
  differences(longhornObjects(), changed(kind, name, change));

describe('what somebody set counts, with what it was and is', () => {
  const table = `
    - [settings, backup-concurrent-limit, {value: '5', metadata: {managedFields: [
         {manager: kubectl-edit, time: '2026-11-20T09:00:00Z'},
         {manager: longhorn-manager, time: '2026-11-20T08:00:00Z'},
         {manager: longhorn-manager, time: '2026-11-20T09:30:00Z', subresource: status}]}},
       'setting backup-concurrent-limit: value was "2", is "5" (last written by kubectl-edit, 2026-11-20T09:00:00Z)']
    - [settings, backup-concurrent-limit, null, setting backup-concurrent-limit is gone]
    - [backupTargets, default, {spec: {backupTargetURL: 'nfs://corral:/x'}},
       'backup target default: spec.backupTargetURL was "nfs://nas:/backups", is "nfs://corral:/x"']
    - [longhornNodes, node2, {spec: {allowScheduling: false}},
       'node of Longhorn node2: spec.allowScheduling was true, is false']
    - [engineImages, ei-493e04e7, {spec: {image: other}},
       'engine image ei-493e04e7: spec.image was "docker.io/longhornio/longhorn-engine:v1.12.1", is "other"']
    - [recurringJobs, nightly, {spec: {retain: 1}}, 'recurring job nightly: spec.retain was 7, is 1']
    - [volumes, pvc-1, {spec: {numberOfReplicas: 1}}, 'volume pvc-1: spec.numberOfReplicas was 2, is 1']
    - [volumes, pvc-1, {metadata: {uid: new}},
       volume pvc-1 is another one of that name now (made 2026-11-20T08:02:47Z)]
    - [volumes, pvc-1, {metadata: {deletionTimestamp: '2026-11-20T09:00:00Z'}}, volume pvc-1 is being removed]
    - [volumes, pvc-2, {metadata: {creationTimestamp: '2026-11-20T09:00:00Z'}},
       volume pvc-2 was not there before (made 2026-11-20T09:00:00Z)]
    - [nodes, node1, {spec: {unschedulable: true}}, 'node node1: unschedulable was not set, is true']
    - [nodes, node1, {metadata: {labels: {kubernetes.io/hostname: node1, kubernetes.io/os: linux, zone: b}}},
       'node node1: labels.zone was not set, is "b"']
    - [pods, longhorn-manager-a, {status: {containerStatuses: [{name: longhorn-manager, restartCount: 2}]}},
       'longhorn-manager on node1: restarts.longhorn-manager was 1, is 2']
    - [pods, longhorn-manager-a, {metadata: {name: longhorn-manager-c}},
       'longhorn-manager on node1: pod was "longhorn-manager-a", is "longhorn-manager-c"']
    - [longhornNodes, node2, {spec: {disks: {}}},
       'node of Longhorn node2: spec.disks.default-disk-4f5e6.allowScheduling was true, is not set',
       'node of Longhorn node2: spec.disks.default-disk-4f5e6.diskType was "filesystem", is not set',
       'node of Longhorn node2: spec.disks.default-disk-4f5e6.path was "/var/lib/longhorn/", is not set',
       'node of Longhorn node2: spec.disks.default-disk-4f5e6.storageReserved was 3221225472, is not set']`;
  test.for<Row>(parse(table))('%s %s %j', (row) => {
    expect(differencesOf(row)).toEqual(row.slice(3).map((text) => ({ text, transient: false })));
  });
});

describe('what the cluster shows counts, and may yet be over', () => {
  const table = `
    - [longhornNodes, node2,
       {status: {conditions: [{type: Ready, status: 'False'}, {type: Schedulable, status: 'True'}]}},
       'node of Longhorn node2: conditions.Ready was "True", is "False"']
    - [longhornNodes, node2, {status: {diskStatus: {default-disk-4f5e6: {
         conditions: [{type: Ready, status: 'True'}, {type: Schedulable, status: 'False'}]}}}},
       'node of Longhorn node2: disks.default-disk-4f5e6.Schedulable was "True", is "False"']
    - [backupTargets, default, {status: {available: false}},
       'backup target default: available was true, is false']
    - [engineImages, ei-493e04e7, {status: {state: deploying}},
       'engine image ei-493e04e7: state was "deployed", is "deploying"']
    - [nodes, node1, {spec: {taints: [{effect: NoSchedule}]}},
       'node node1: taints was not set, is [{"effect":"NoSchedule"}]']
    - [pods, longhorn-manager-a, {status: {conditions: [{type: Ready, status: 'False'}]}},
       'longhorn-manager on node1: ready was "True", is "False"']
    - [pods, longhorn-manager-a, null, longhorn-manager on node1 is gone]`;
  test.for<Row>(parse(table))('%s %s %j', (row) => {
    expect(differencesOf(row)).toEqual([{ text: row[3], transient: true }]);
  });
});

describe('what changes by itself does not count', () => {
  const table = `
    - [the version that is to be had, settings, latest-longhorn-version, {value: v1.12.2}]
    - [where a volume is attached, volumes, pvc-1, {spec: {nodeID: node2, lastAttachedBy: csi}}]
    - [annotations and versions, nodes, node1, {metadata: {resourceVersion: '99', annotations: {}}}]
    - [a field that Go does not distinguish from none,
       volumes, pvc-1, {spec: {encrypted: false, snapshotMaxSize: '', dataSource: null, diskSelector: []}}]
    - [how much is on a disk, longhornNodes, node1, {status: {diskStatus: {default-disk-4f5e6: {
         storageAvailable: 1, conditions: [{type: Ready, status: 'True'}, {type: Schedulable, status: 'True'}]}}}}]
    - [what has gone and come back under its name in the backup store,
       backups, backup-1, {metadata: {uid: new}}]
    - [a recurring job's snapshot, snapshots, nightly-c-1,
       {spec: {createSnapshot: true, volume: pvc-1, labels: {RecurringJob: nightly}}}]
    - [a recurring job's backup,
       backups, backup-2, {spec: {}, status: {labels: {RecurringJob: nightly}}}]
    - [a snapshot of a rebuilt replica,
       snapshots, 9d1f, {spec: {volume: pvc-1}, status: {userCreated: false}}]
    - [a namespace of somebody, namespaces, shop, {}]
    - [another run's target, backupTargets, x, {metadata: {labels: {corral.test/run: zzz999}}}]
    - [another run's backup made by Longhorn,
       backups, b, {metadata: {labels: {backup-volume: corral-zzz999-volume-1a2b}}}]
    - [a manager that is about to go, pods, longhorn-manager-z,
       {metadata: {deletionTimestamp: '2026-11-20T09:00:00Z'}, spec: {nodeName: node1}}]`;
  test.for<[what: string, ...Row]>(parse(table))('%s', ([, ...row]) =>
    expect(differencesOf(row)).toEqual([]),
  );

  test('what was about to go', () => {
    const leaving = changed('backups', 'backup-1', {
      metadata: { deletionTimestamp: '2026-11-20T09:00:00Z' },
    });
    expect(texts(leaving, changed('backups', 'backup-1', null))).toEqual([]);
    expect(texts(leaving, leaving)).toEqual([]);
  });

  test('a manager that was killed, where that is allowed', () => {
    const after = changed('pods', 'longhorn-manager-a', { metadata: { name: 'longhorn-manager-c' } });
    expect(texts(longhornObjects(), after, { allow: ['manager-kill'], stores: undefined })).toEqual([]);
  });
});

describe('what the run left behind counts', () => {
  const table = `
    - [volumes, x, {metadata: {labels: {corral.test/run: ${run}}}}, volume x is left behind by the run]
    - [snapshots, corral-${run}-snapshot-1, {}, snapshot corral-${run}-snapshot-1 is left behind by the run]
    - [snapshots, s, {spec: {volume: corral-${run}-volume-1a2b}}, snapshot s is left behind by the run]
    - [backups, b, {metadata: {labels: {backup-volume: corral-${run}-volume-1a2b}}},
       backup b is left behind by the run]
    - [backupVolumes, v, {metadata: {labels: {backup-target: corral-${run}-target-1}}},
       backup volume v is left behind by the run]
    - [namespaces, corral-${run}-store-1, {}, namespace corral-${run}-store-1 is left behind by the run]
    - [backups, b, {metadata: {labels: {corral.test/run: ${run}}, deletionTimestamp: '2026-11-20T09:00:00Z',
         finalizers: [longhorn.io]}},
       'backup b is left behind by the run, being removed since 2026-11-20T09:00:00Z, held by longhorn.io']`;
  test.for<Row>(parse(table))('%s %s %j', (row) => {
    expect(differencesOf(row)).toEqual([{ text: row[3], transient: row[3]?.includes('being removed') }]);
  });

  test('admission policies where the run may make them, stores in the namespace that it was given', () => {
    const labels = { 'corral.test/run': run };
    const after = [
      ...changed('validatingAdmissionPolicies', `corral-${run}-deny-1a2b`, {}),
      ...changed('deployments', 'backupstore', { metadata: { labels } }).slice(-1),
    ];
    expect(texts(longhornObjects(), after)).toEqual([]);
    expect(texts(longhornObjects(), after, { allow: ['admission-policy'], stores: 'corral' })).toEqual([
      'deployment in namespace corral backupstore is left behind by the run',
      `admission policy corral-${run}-deny-1a2b is left behind by the run`,
    ]);
  });
});

const plurals: Record<string, string> = {
  ...{ backupvolumes: 'backupVolumes', backuptargets: 'backupTargets', recurringjobs: 'recurringJobs' },
};

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
        const resource = (longhorn as Record<string, Resource>)[plurals[line.resource] ?? line.resource];
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
