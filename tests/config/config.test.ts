import { afterEach, expect, test, vi } from 'vitest';
import { parseExisting } from '../../e2e/cli/arguments/existing.ts';
import {
  ConfigError,
  clusterVariables,
  configFields,
  findRunConfig,
  makeRunConfig,
  type RunConfig,
  readRunConfig,
  toVariables,
} from '../../e2e/config/config.ts';
import { makeRunId, runIdPattern } from '../../e2e/config/run-id.ts';

afterEach(() => vi.unstubAllEnvs());

const least = { CORRAL_KUBECONFIG: '/k', CORRAL_STORE_IMAGE: 'store:1' };
const handedOn = (config: unknown) => ({ CORRAL_CONFIG: JSON.stringify(config) });
const uid = '3b0f6a8e-0000-4000-8000-000000000001';
const clocks = { deletionBackoff: 6000, resync: 5000, lockLife: 15_000, monitorPoll: 500 };

test('what is not named has a default, and a run has an id of its own', () => {
  expect(readRunConfig(least)).toEqual({
    kubeconfig: '/k',
    run: expect.stringMatching(runIdPattern),
    out: '.corral/last',
    provider: 'existing',
    target: { name: 'installed', version: null },
    allow: [],
    without: [],
    round: 1,
    store: 'nfs',
    pauseOnFailure: false,
    supportBundle: false,
    output: 'quiet',
    storeImage: 'store:1',
  });
  expect(readRunConfig(least).run).not.toBe(readRunConfig(least).run);
});

test('what may be named by hand is read, and an empty variable is none', () => {
  const [allow, context] = [['manager-kill', 'settings'], 'c'];
  const named = {
    ...{ CORRAL_CONTEXT: context, CORRAL_EXPECT_CLUSTER: uid, CORRAL_NAMESPACE: 'stores', CORRAL_OUT: '/o' },
    ...{ CORRAL_ALLOW: allow.join(), CORRAL_TARGET_CLOCKS: '6000,5000,15000,500' },
  };
  const read = { context, expectCluster: uid, namespace: 'stores', allow, clocks, out: '/o' };
  expect(readRunConfig({ ...least, ...named })).toMatchObject(read);
  const empty = Object.fromEntries(Object.keys(named).map((name) => [name, '']));
  expect(readRunConfig({ ...least, ...empty })).toEqual({ ...readRunConfig(least), run: expect.any(String) });
});

const wrong = (variables: NodeJS.ProcessEnv): string => {
  try {
    return `read as ${JSON.stringify(readRunConfig(variables))}`;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
};

const handed = (change: object) => handedOn({ kubeconfig: '/k', storeImage: 'store:1', ...change });

test.each<[NodeJS.ProcessEnv, string]>([
  [
    { CORRAL_KUBECONFIG: undefined },
    'CORRAL_KUBECONFIG is not set: name a kubeconfig file, or let `npm run e2e` bring a cluster',
  ],
  [
    { CORRAL_STORE_IMAGE: undefined },
    'CORRAL_STORE_IMAGE is not set: name an image with nfs-ganesha, e2fsprogs and bash, which the cluster can pull',
  ],
  [
    { CORRAL_ALLOW: 'manager-kill,all' },
    'CORRAL_ALLOW.1 must be one of manager-kill, process-hold, manager-mount, store-stall, admission-policy, settings, default-target, node-fault',
  ],
  [{ CORRAL_EXPECT_CLUSTER: 'mine' }, 'CORRAL_EXPECT_CLUSTER must be the UID of the namespace kube-system'],
  [
    { CORRAL_NAMESPACE: 'My stores' },
    'CORRAL_NAMESPACE must be at most 63 of a-z, 0-9 and dashes, with no dash at either end',
  ],
  [
    { CORRAL_TARGET_CLOCKS: '6s' },
    'CORRAL_TARGET_CLOCKS must be four numbers of milliseconds: the back-off of a deletion, the resync, the life of a lock, and the poll of an upload',
  ],
  [handed({ run: 'Abc' }), 'CORRAL_CONFIG.run must be six characters of a-z and 0-9'],
  [handed({ workers: 0 }), 'CORRAL_CONFIG.workers must be a whole number from 1 on'],
  [
    handed({ target: { name: 'moon' } }),
    'CORRAL_CONFIG.target.name must be one of installed, official, archive, emulator',
  ],
  [handed({ storeimage: 'i' }), 'CORRAL_CONFIG Unrecognized key: "storeimage"'],
])('what is missing or wrong is named: %j', (change, message) => {
  expect(wrong({ ...least, ...change })).toBe(message);
});

test('all that is wrong is named at once, and nothing of it repeated, whatever somebody wrote there', () => {
  expect(wrong({})).toMatch(/^CORRAL_KUBECONFIG .*; CORRAL_STORE_IMAGE [^;]*$/);
  expect(findRunConfig({})).toBeUndefined();
  const secret = 's3cr3t-token';
  expect(wrong({ CORRAL_CONFIG: `token: ${secret}` })).toBe(
    'CORRAL_CONFIG is no JSON: the line that --keep prints has one, and docs/running.md says what is in it',
  );
  const fields = { kubeconfig: { token: secret }, storeImage: [secret], allow: secret, run: secret };
  const variables = { CORRAL_ALLOW: secret, CORRAL_EXPECT_CLUSTER: secret, CORRAL_TARGET_CLOCKS: secret };
  expect([wrong(handedOn(fields)), wrong(variables)].join('\n')).not.toContain('s3cr3t');
});

const everything: RunConfig = {
  ...{ kubeconfig: '/k', storeImage: 'store:1', context: 'c', out: '/o', output: 'json', provider: 'lab' },
  ...{
    lab: '/l',
    namespace: 'stores',
    allow: ['manager-kill', 'settings'],
    without: ['block-device'],
    clocks,
  },
  ...{ target: { name: 'emulator', version: '0.1.0' }, supportBundle: true, workers: 2, scenarios: 18 },
  ...{ maxFailures: 1, pauseOnFailure: true, round: 3, expectCluster: uid, run: 'abc123', store: 'all' },
  shard: { index: 2, of: 8, split: '0123456789ab' },
  ownBucket: { endpoint: 'https://s3.example', bucket: 'b', region: 'r', secret: 'ns/name' },
};

test('a configuration is read as it was handed on, whole', () => {
  expect(Object.keys(everything).toSorted()).toEqual(
    configFields()
      .map(({ name }) => name)
      .toSorted(),
  );
  expect(readRunConfig(toVariables(makeRunConfig(everything)))).toEqual(everything);
});

test('one that is handed on is all that there is: what somebody has set besides allows nothing', () => {
  const config = makeRunConfig({ kubeconfig: '/k', storeImage: 'store:1' });
  const besides = { CORRAL_ALLOW: 'manager-kill', CORRAL_NAMESPACE: 'stores' };
  expect(readRunConfig({ ...toVariables(config), ...besides })).toEqual(config);
});

test('of a cluster only what a run has to know is handed on, and each run on it has an id of its own', () => {
  const known = { kubeconfig: '/k', storeImage: 'store:1', context: 'c' };
  const cluster = { ...known, reach: ['export KUBECONFIG=/k'], keep: () => {} };
  expect(makeRunConfig(cluster)).toEqual({ ...readRunConfig(least), context: 'c', run: expect.any(String) });
  const again = clusterVariables(cluster);
  expect(
    Object.keys(JSON.parse(again.CORRAL_CONFIG ?? ''))
      .toSorted()
      .join(),
  ).toBe('allow,context,kubeconfig,provider,storeImage,target,without');
  expect(readRunConfig(again).run).not.toBe(readRunConfig(again).run);
});

test('ids of runs fit in names, and differ', () => {
  const ids = Array.from({ length: 100 }, makeRunId);
  expect(ids.every((id) => runIdPattern.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(100);
});

test('the clocks of a Longhorn that is there come from a variable, and are refused where they are none', () => {
  const flags = { kubeconfig: import.meta.filename, context: 'c', storeImage: 'store:1' };
  vi.stubEnv('CORRAL_TARGET_CLOCKS', '6000,5000,15000,500');
  expect(parseExisting('existing', flags)?.clocks).toEqual(clocks);
  vi.stubEnv('CORRAL_TARGET_CLOCKS', '');
  expect(parseExisting('existing', flags)?.clocks).toBeUndefined();
  vi.stubEnv('CORRAL_TARGET_CLOCKS', '10s');
  const message =
    'CORRAL_TARGET_CLOCKS=10s must be four numbers of milliseconds: the back-off of a deletion, the resync, the life of a lock, and the poll of an upload, or not be set';
  expect(() => parseExisting('existing', flags)).toThrow(expect.objectContaining({ message, exitCode: 3 }));
});
