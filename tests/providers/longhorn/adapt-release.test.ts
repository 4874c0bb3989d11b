import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { objectsOf } from '../../../lab/manifests/read.ts';
import { adaptToCluster, describeChange } from '../../../providers/longhorn/adapt-release.ts';
import { containersOf, findObject, readObjects, writeObjects } from '../../../providers/longhorn/manifest.ts';
import { describeRelease } from '../../../providers/longhorn/release.ts';
import { releaseText } from '../../support/longhorn-release.ts';

const read = (object: object) =>
  readObjects([{ source: 'more.yaml', text: stringify(object, { version: '1.1' }) }]);
const release = (version: 'v1.8.2' | 'v1.12.1') =>
  readObjects([{ source: 'longhorn.yaml', text: releaseText(version) }]);

const workload = (container: object, name = 'longhorn-manager') => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'longhorn-system' },
  spec: { template: { spec: { containers: [{ name: 'one', ...container }] } } },
});

const settingsOf = (objects: ReturnType<typeof release>): string | undefined => {
  const map = findObject(objects, 'ConfigMap', 'longhorn-default-setting') as {
    data?: Record<string, string>;
  };
  return map?.data?.['default-setting.yaml'];
};
/** What is said of changes, without the reasons. */
const linesOf = (changes: Parameters<typeof describeChange>[0][]) =>
  changes.map((change) => describeChange(change).replace(/ \(.*/, ''));

test('what is changed in a release is said, a line each', () => {
  const { changes } = adaptToCluster(release('v1.12.1'), { missing: [] });
  // Its probes cannot be set.
  expect(adaptToCluster(release('v1.8.2'), { missing: [] }).changes).toEqual(
    changes.filter(({ what }) => !what.includes('liveness-probe')),
  );
  expect(linesOf(changes)).toEqual([
    'setting default-replica-count: 3 -> 2',
    'setting guaranteed-instance-manager-cpu: 12 -> 0',
    'setting storage-reserved-percentage-for-default-disk: 30 -> 0',
    'setting storage-minimal-available-percentage: 25 -> 5',
    'setting snapshot-data-integrity: fast-check -> disabled',
    'setting backup-concurrent-limit: 2 -> 1',
    'setting recurring-successful-jobs-history-limit: 1 -> 10',
    'setting engine-image-pod-liveness-probe-timeout: 4 -> 60',
    'setting engine-image-pod-liveness-probe-period: 5 -> 60',
    'setting engine-image-pod-liveness-probe-failure-threshold: 3 -> 10',
    'setting instance-manager-pod-liveness-probe-timeout: 10 -> 60',
    'setting upgrade-checker: true -> false',
    'setting allow-collecting-longhorn-usage-metrics: true -> false',
    'readiness probe of DaemonSet longhorn-manager: 3 times 10 s -> 15 times 2 s',
    'CSI_ATTACHER_REPLICA_COUNT, CSI_PROVISIONER_REPLICA_COUNT, CSI_RESIZER_REPLICA_COUNT, CSI_SNAPSHOTTER_REPLICA_COUNT of Deployment longhorn-driver-deployer: 3 -> 1',
    'replicas of Deployment longhorn-ui: 2 -> 1',
  ]);
});

describe('settings', () => {
  // As each keeps it: a manager would write another one anew at each start.
  const perEngine = (value: string) => String.raw`"{\"v1\":\"${value}\",\"v2\":\"${value}\"}"`;
  test.each([
    ['v1.8.2', 'true', (value: string) => `"${value}"`],
    ['v1.12.1', String.raw`"{\"v1\":\"true\"}"`, perEngine],
  ] as const)('those that %s sets stay as they are, the others are text', (version, own, kept) => {
    const text = settingsOf(adaptToCluster(release(version), { missing: [] }).objects);
    expect(text).toContain(`disable-revision-counter: ${own}\n`);
    expect(text).toContain('priority-class: "longhorn-critical"\n');
    expect(text).toContain(`default-replica-count: ${kept('2')}\n`);
    expect(text).toContain(`guaranteed-instance-manager-cpu: ${kept('0')}\n`);
    expect(text).toContain('backup-concurrent-limit: "1"\n');
  });

  test('a value of the manifest counts', () => {
    const text = 'default-replica-count: 1\nbackup-concurrent-limit: "{\\"v1\\":\\"5\\"}"\n';
    const metadata = { name: 'longhorn-default-setting' };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'default-setting.yaml': text } };
    const { objects, changes } = adaptToCluster(read(map), { missing: [] });
    expect(settingsOf(objects)).toContain(text);
    const changed = changes.map(({ what }) => what);
    expect(changed).not.toContain('setting default-replica-count');
    expect(changed).toContain('setting upgrade-checker');
  });
});

describe('workloads', () => {
  const never = 'imagePullPolicy of DaemonSet other, container one: Always -> IfNotPresent';
  test.each([
    [{ image: 'a/b:v1', imagePullPolicy: 'Always' }, [never]],
    [{ image: 'localhost:5000/b' }, [never]],
    [
      { image: 'a/b:v1', resources: { requests: { cpu: '2', memory: '4Gi' } } },
      ['requests of DaemonSet other, container one: cpu 2, memory 4Gi -> none'],
    ],
    [{ image: 'a/b:v1', readinessProbe: {} }, []],
  ])('%j', (container, lines) => {
    const { changes } = adaptToCluster(read(workload(container, 'other')), { missing: [] });
    expect(linesOf(changes)).toEqual(lines);
  });

  test('no registry is asked, nothing is reserved, and what was given is not touched', () => {
    const limits = { cpu: '1' };
    const before = read(workload({ image: 'a/b:latest', resources: { limits, requests: { cpu: '2' } } }));
    const { objects } = adaptToCluster(before, { missing: [] });
    const fitted = { imagePullPolicy: 'IfNotPresent', resources: { limits } };
    expect(objects.flatMap(({ object }) => containersOf(object))).toEqual([
      { name: 'one', image: 'a/b:latest', ...fitted },
    ]);
    expect(before.flatMap(({ object }) => containersOf(object))[0]).not.toHaveProperty('imagePullPolicy');
  });

  test('a count that the manifest has stays', () => {
    const env = [{ name: 'CSI_ATTACHER_REPLICA_COUNT', value: '2' }];
    const name = 'longhorn-driver-deployer';
    const deployer = workload({ name, image: 'a/b:v1', env }, name);
    const { objects, changes } = adaptToCluster(read({ ...deployer, kind: 'Deployment' }), { missing: [] });
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
    const missing = [{ name: 'docker.io/longhornio/x:v1', namedBy: 'somebody', need }];
    const { objects } = adaptToCluster(release('v1.12.1'), { missing });
    for (const [name, count] of Object.entries(replicas))
      expect(findObject(objects, 'Deployment', name)).toMatchObject({ spec: { replicas: count } });
  });
});

test('what a release brings is read from its manifest; what is not started is not brought', () => {
  const kinds = ['volumes', 'backuptargets', 'nodes', 'engineimages', 'instancemanagers', 'settings'];
  const deployments = ['longhorn-driver-deployer', 'longhorn-ui'];
  const whole = {
    ...{ definitions: kinds.map((plural) => `${plural}.longhorn.io`), webhooks: true, csi: true },
    ...{ engineImage: 'longhornio/longhorn-engine:v1.8.2', deployments, notStarted: [] },
  };
  expect(describeRelease(release('v1.8.2'))).toEqual(whole);
  const missing = (['csi', 'ui'] as const).map((need) => ({ name: '', namedBy: '', need }));
  const fitted = describeRelease(adaptToCluster(release('v1.8.2'), { missing }).objects);
  expect(fitted).toEqual({ ...whole, csi: false, deployments: [], notStarted: deployments });
});

test('what is written is what was read, also for a server that reads YAML 1.1', () => {
  const data = { yes: 'no', mode: '0644', time: '12:30:45', text: 'a\n---\nb\n' };
  const odd = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, data };
  const [written, ...more] = writeObjects([...read(odd), ...release('v1.12.1')]).flatMap(objectsOf);
  expect(written?.object).toEqual(odd);
  expect(more).toHaveLength(release('v1.12.1').length);
});
