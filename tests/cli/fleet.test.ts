import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parseFleet } from '../../e2e/cli/fleet/arguments.ts';
import { readReportBlock, withoutReportBlock } from '../../e2e/cli/fleet/follow.ts';
import { composeFleet } from '../../e2e/cli/fleet/objects.ts';
import { sampleReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const report = sampleReport();

const blockOf = (text: string, digest = createHash('sha256').update(text).digest('hex')): string => {
  const packed = gzipSync(text).toString('base64').replaceAll(/.{76}/g, '$&\n');
  return ['1 passed, 0 failed', `corral-report ${digest}`, packed, 'corral-report-end', ''].join('\n');
};

describe('the report at the end of a log', () => {
  const log = blockOf(JSON.stringify(report));

  test('is read, and the rest is left', () => {
    expect(readReportBlock(log)).toEqual(report);
    expect(withoutReportBlock(log)).toBe('1 passed, 0 failed');
  });

  test('is not there, was cut off, is damaged, or is no report of this release', () => {
    const [none, { length }] = ['its log does not end with a report', log];
    for (const end of [20, length - 2, log.indexOf('corral-report-end') - 5, log.indexOf('\n', 30) + 3])
      expect(() => readReportBlock(log.slice(0, end))).toThrow(none);
    const damaged = blockOf(JSON.stringify(report), '0'.repeat(64));
    expect(() => readReportBlock(damaged)).toThrow('the report in its log is damaged');
    expect(() => readReportBlock(blockOf('{}'))).toThrow(/schemaVersion/);
  });
});

let kubeconfig: string;
beforeEach(async () => {
  kubeconfig = join(await temporaryFolder(), 'kubeconfig');
  await writeFile(kubeconfig, '');
});

const cluster = () => ['--kubeconfig', kubeconfig, '--context', 'c', '--image', 'suite:1'];
const existing = ['--mode', 'existing', '--', '--store-image', 'store:1'];

const alone =
  '--allow with several shards on one cluster: the shards do not wait for each other, so one would disturb the others: use --shards 1, or --mode lab';

describe('the flags', () => {
  test('say where, how many and what', () => {
    expect(parseFleet([...cluster(), '--shards', '3', '--', '--only', 'deletion'])).toMatchObject({
      ...{ shards: 3, mode: 'lab', image: 'suite:1', context: 'c', flags: ['--only', 'deletion'] },
      e2e: { provider: 'lab', longhorn: 'emulator', only: 'deletion' },
    });
  });

  test.each<[string[], string | RegExp]>([
    [['--shards', '0'], '--shards 0: give a whole number from 1 on, or leave it out'],
    [['--shards', '1000'], '--shards 1000: give at most 999'],
    [['--shards', '2', '--mode', 'kind'], '--mode kind is unknown: use --mode lab or --mode existing'],
    [['--shards', '2', '--image', ''], "--image '': name the image that the pods start"],
    [['--shards', '2', '--', '--out=x'], '--out=x after --: the fleet sets it for its shards'],
    [['--shards', '2', '--', '--only', '['], /^--only \[: Invalid regular expression/],
    [
      ['--shards', '2', '--mode', 'existing'],
      '--provider existing needs --store-image: name the cluster explicitly',
    ],
    [['--shards', '2', ...existing, '--allow', 'settings'], alone],
  ])('%j are refused in one line', (argv, line) => {
    expect(() => parseFleet([...cluster(), ...argv])).toThrow(line);
  });
});

describe('what a fleet makes', () => {
  const compose = async (argv: string[]) => {
    const args = parseFleet([...cluster(), ...argv]);
    if (args === undefined) throw new Error('help was asked for');
    return composeFleet(args, { run: 'abc123', uid: 'the-uid' });
  };
  type Pod = Record<string, unknown> & { containers: Record<string, unknown>[] };
  const podOf = (objects: object[]) =>
    (objects.at(-1) as { spec: { template: { spec: Pod } } }).spec.template.spec;

  test.each([[[]], [existing]])(
    'carries the label of its run, and ends with the Job, whose pods are no root: with %j',
    async (flags) => {
      const objects = await compose(['--shards', '2', ...flags]);
      expect(objects.filter(({ metadata }) => metadata.labels?.['corral.test/run'] !== 'abc123')).toEqual([]);
      expect(objects[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'corral-abc123-fleet' } });
      expect(objects.at(-1)).toMatchObject({
        ...{ kind: 'Job', metadata: { namespace: 'corral-abc123-fleet' } },
        spec: { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 0 },
      });
      const pod = podOf(objects);
      const closed = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
      const containers = [{ securityContext: { ...closed, capabilities: { drop: ['ALL'] } } }];
      expect(pod).toMatchObject({ securityContext: { runAsNonRoot: true }, containers });
      expect(JSON.stringify(pod)).not.toMatch(/"privileged":true|"add":|hostPath|hostNetwork|hostPID/);
    },
  );

  test('gives labs a user namespace of their own, and no token', async () => {
    const objects = await compose(['--shards', '2']);
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'Job']);
    const containers = [{ image: 'suite:1', securityContext: { procMount: 'Unmasked' }, args: [] }];
    const without = { hostUsers: false, automountServiceAccountToken: false };
    expect(podOf(objects)).toMatchObject({ ...without, containers });
  });

  test('gives those on an existing cluster roles, and gives them which it is, how many they are, and its clocks', async () => {
    vi.stubEnv('CORRAL_TARGET_CLOCKS', '1,2,3,4');
    const objects = await compose(['--shards', '12', ...existing, '--tags', 'ui']);
    expect(objects.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['ServiceAccount', 'Role', 'RoleBinding', 'Job']),
    );
    const account = objects.find(({ kind }) => kind === 'ServiceAccount');
    expect(account?.metadata).toMatchObject({ name: 'fleet', namespace: 'corral-abc123-fleet' });
    const args = '--expect-cluster the-uid --namespace corral-abc123-fleet --store-image store:1 --tags ui';
    expect(podOf(objects)).toMatchObject({
      serviceAccountName: 'fleet',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ args: args.split(' ') }],
    });
    expect(podOf(objects).containers[0]?.env).toEqual(
      expect.arrayContaining([
        { name: 'FLEET_MODE', value: 'existing' },
        { name: 'FLEET_SHARDS', value: '12' },
        { name: 'CORRAL_TARGET_CLOCKS', value: '1,2,3,4' },
      ]),
    );
  });
});
