import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { objectsOf } from '../../../lab/manifests/read.ts';
import { describeChange, fitToCluster } from '../../../providers/longhorn/fit.ts';
import type { NamedImage } from '../../../providers/longhorn/images.ts';
import { containersOf, find, readObjects, writeObjects } from '../../../providers/longhorn/manifest.ts';
import { releaseText } from '../../support/longhorn-release.ts';

const read = (...objects: object[]) =>
  readObjects([
    { source: 'more.yaml', text: objects.map((each) => stringify(each, { version: '1.1' })).join('---\n') },
  ]);
const release = (version: 'v1.8.2' | 'v1.12.1') =>
  readObjects([{ source: 'longhorn.yaml', text: releaseText(version) }]);
const lacking = (need: NamedImage['need']): NamedImage => ({
  name: 'docker.io/longhornio/x:v1',
  namedBy: 'somebody',
  need,
});

const workload = (container: object, name = 'longhorn-manager') => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'longhorn-system' },
  spec: { template: { spec: { containers: [{ name: 'one', ...container }] } } },
});

const settingsOf = (objects: ReturnType<typeof release>): string | undefined =>
  (find(objects, 'ConfigMap', 'longhorn-default-setting') as { data?: Record<string, string> } | undefined)
    ?.data?.['default-setting.yaml'];

test('what is changed in a release is said, a line each', () => {
  expect(
    fitToCluster(release('v1.12.1'), { missing: [] }).changes.map(describeChange),
  ).toMatchInlineSnapshot(`
    [
      "setting default-replica-count: 3 -> 2 (a third replica would only be one more writer on the same disk)",
      "setting guaranteed-instance-manager-cpu: 12 -> 0 (a small node has no processor to reserve)",
      "setting storage-reserved-percentage-for-default-disk: 30 -> 0 (nothing of a node's disk has to be kept for others)",
      "setting storage-minimal-available-percentage: 25 -> 5 (the disks are small)",
      "setting snapshot-data-integrity: fast-check -> disabled (hashing snapshots takes the processors from backups)",
      "setting backup-concurrent-limit: 2 -> 1 (an upload must last long enough for its state to be seen)",
      "setting recurring-successful-jobs-history-limit: 1 -> 10 (a run's jobs and their logs stay until it is over)",
      "setting upgrade-checker: true -> false (a test asks nobody outside)",
      "setting allow-collecting-longhorn-usage-metrics: true -> false (a test asks nobody outside)",
      "readiness probe of DaemonSet longhorn-manager: 3 times 10 s -> 15 times 2 s (the managers start one after the other)",
      "CSI_ATTACHER_REPLICA_COUNT, CSI_PROVISIONER_REPLICA_COUNT, CSI_RESIZER_REPLICA_COUNT, CSI_SNAPSHOTTER_REPLICA_COUNT of Deployment longhorn-driver-deployer: 3 -> 1 (one of each does for a test)",
      "replicas of Deployment longhorn-ui: 2 -> 1 (one does for a test)",
    ]
  `);
});

test('both releases are changed the same', () => {
  expect(fitToCluster(release('v1.8.2'), { missing: [] }).changes).toEqual(
    fitToCluster(release('v1.12.1'), { missing: [] }).changes,
  );
});

describe('settings', () => {
  test.each(['v1.8.2', 'v1.12.1'] as const)(
    'those that %s sets stay as they are, the others are text',
    (version) => {
      const text = settingsOf(fitToCluster(release(version), { missing: [] }).objects);
      const own =
        version === 'v1.8.2'
          ? 'disable-revision-counter: true\n'
          : 'disable-revision-counter: "{\\"v1\\":\\"true\\"}"\n';
      expect(text).toContain(own);
      expect(text).toContain('priority-class: "longhorn-critical"\n');
      // As each keeps it: a manager would write another one anew at each start.
      const kept = (value: string) =>
        version === 'v1.8.2' ? `"${value}"` : `"{\\"v1\\":\\"${value}\\",\\"v2\\":\\"${value}\\"}"`;
      expect(text).toContain(`default-replica-count: ${kept('2')}\n`);
      expect(text).toContain(`guaranteed-instance-manager-cpu: ${kept('0')}\n`);
      expect(text).toContain('backup-concurrent-limit: "1"\n');
    },
  );

  test('a value of the manifest counts', () => {
    const own = {
      'default-setting.yaml': 'default-replica-count: 1\nbackup-concurrent-limit: "{\\"v1\\":\\"5\\"}"\n',
    };
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'longhorn-default-setting' },
      data: own,
    };
    const { objects, changes } = fitToCluster(read(map), { missing: [] });
    expect(settingsOf(objects)).toContain(
      'default-replica-count: 1\nbackup-concurrent-limit: "{\\"v1\\":\\"5\\"}"\n',
    );
    expect(changes.map(({ what }) => what)).not.toContain('setting default-replica-count');
    expect(changes.map(({ what }) => what)).toContain('setting upgrade-checker');
  });
});

describe('workloads', () => {
  const never = 'imagePullPolicy of DaemonSet other, container one: Always -> IfNotPresent';
  test.each([
    [{ image: 'a/b:v1', imagePullPolicy: 'Always' }, [never]],
    [{ image: 'a/b:latest' }, [never]],
    [{ image: 'localhost:5000/b' }, [never]],
    [{ image: 'a/b:v1' }, []],
    [
      { image: 'a/b:v1', resources: { requests: { cpu: '2', memory: '4Gi' } } },
      ['requests of DaemonSet other, container one: cpu 2, memory 4Gi -> none'],
    ],
    [{ image: 'a/b:v1', readinessProbe: {} }, []],
  ])('%j', (container, lines) => {
    const { changes } = fitToCluster(read(workload(container, 'other')), { missing: [] });
    expect(changes.map(describeChange).map((line) => line.replace(/ \(.*/, ''))).toEqual(lines);
  });

  test('no registry is asked, nothing is reserved, and what was given is not touched', () => {
    const before = read(
      workload({ image: 'a/b:latest', resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
    );
    const { objects } = fitToCluster(before, { missing: [] });
    expect(objects.flatMap(({ object }) => containersOf(object))).toEqual([
      {
        name: 'one',
        image: 'a/b:latest',
        imagePullPolicy: 'IfNotPresent',
        resources: { limits: { cpu: '1' } },
      },
    ]);
    expect(before.flatMap(({ object }) => containersOf(object))[0]).not.toHaveProperty('imagePullPolicy');
  });

  test('a count that the manifest has stays', () => {
    const env = [{ name: 'CSI_ATTACHER_REPLICA_COUNT', value: '2' }];
    const deployer = workload(
      { name: 'longhorn-driver-deployer', image: 'a/b:v1', env },
      'longhorn-driver-deployer',
    );
    const { objects, changes } = fitToCluster(read({ ...deployer, kind: 'Deployment' }), { missing: [] });
    const [container] = objects.flatMap(({ object }) => containersOf(object));
    expect(container?.env?.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'CSI_ATTACHER_REPLICA_COUNT=2',
      'CSI_PROVISIONER_REPLICA_COUNT=1',
      'CSI_RESIZER_REPLICA_COUNT=1',
      'CSI_SNAPSHOTTER_REPLICA_COUNT=1',
    ]);
    expect(changes).toHaveLength(1);
  });

  test.each([
    ['csi', { 'longhorn-driver-deployer': 0, 'longhorn-ui': 1 }],
    ['ui', { 'longhorn-driver-deployer': 1, 'longhorn-ui': 0 }],
    ['other', { 'longhorn-driver-deployer': 1, 'longhorn-ui': 1 }],
  ] as const)('without an image for %s', (need, replicas) => {
    const { objects } = fitToCluster(release('v1.12.1'), { missing: [lacking(need)] });
    for (const [name, count] of Object.entries(replicas))
      expect(find(objects, 'Deployment', name)).toMatchObject({ spec: { replicas: count } });
  });
});

test('what is written is what was read, also for a server that reads YAML 1.1', () => {
  const odd = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'odd' },
    data: { yes: 'no', mode: '0644', time: '12:30:45', text: 'a\n---\nb\n' },
  };
  const [written, ...more] = writeObjects([...read(odd), ...release('v1.12.1')]).flatMap(objectsOf);
  expect(written?.object).toEqual(odd);
  expect(more).toHaveLength(release('v1.12.1').length);
});
