import { expect, test, vi } from 'vitest';
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
import { runIdPattern } from '../../e2e/config/run-id.ts';

const least = { CORRAL_KUBECONFIG: '/k', CORRAL_STORE_IMAGE: 'store:1' };
const [kubeconfig, storeImage] = ['/k', 'store:1'];
const handed = (config: object) => ({ CORRAL_CONFIG: JSON.stringify({ kubeconfig, storeImage, ...config }) });
const uid = '3b0f6a8e-0000-4000-8000-000000000001';
const clocks = { deletionBackoff: 6000, resync: 5000, lockLife: 15_000, monitorPoll: 500 };
const allow = ['manager-kill', 'settings'] as const;
const clocksHelp =
  'must be four numbers of milliseconds: the back-off of a deletion, the resync, the life of a lock, and the poll of an upload';

test('what is not named, or empty, has a default, and a run has an id of its own', () => {
  const config = readRunConfig(least);
  expect(config).toMatchObject({ allow: [], without: [], round: 1, store: 'nfs', provider: 'existing' });
  expect(config.run).toMatch(runIdPattern);
  expect(readRunConfig(least).run).not.toBe(config.run);
  const named = {
    ...{ CORRAL_CONTEXT: 'c', CORRAL_EXPECT_CLUSTER: uid, CORRAL_NAMESPACE: 'stores', CORRAL_OUT: '/o' },
    ...{ CORRAL_ALLOW: allow.join(), CORRAL_TARGET_CLOCKS: '6000,5000,15000,500' },
  };
  const read = { context: 'c', expectCluster: uid, namespace: 'stores', allow, clocks, out: '/o' };
  expect(readRunConfig({ ...least, ...named })).toMatchObject(read);
  const empty = Object.fromEntries(Object.keys(named).map((name) => [name, '']));
  expect(readRunConfig({ ...least, ...empty })).toEqual({ ...config, run: expect.any(String) });
});

const wrong = (variables: NodeJS.ProcessEnv): string => {
  try {
    return `read as ${JSON.stringify(readRunConfig(variables))}`;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
};

test.each<[NodeJS.ProcessEnv, string]>([
  [{ CORRAL_ALLOW: 'manager-kill,all' }, 'CORRAL_ALLOW.1 must be one of manager-kill, replica-kill, proc'],
  [{ CORRAL_EXPECT_CLUSTER: 'mine' }, 'CORRAL_EXPECT_CLUSTER must be the UID of the namespace kube-system'],
  [{ CORRAL_NAMESPACE: 'My stores' }, 'CORRAL_NAMESPACE must be at most 63 of a-z, 0-9 and dashes'],
  [{ CORRAL_TARGET_CLOCKS: '6s' }, `CORRAL_TARGET_CLOCKS ${clocksHelp}`],
  [handed({ run: 'Abc' }), 'CORRAL_CONFIG.run must be six characters of a-z and 0-9'],
  [handed({ workers: 0 }), 'CORRAL_CONFIG.workers must be a whole number from 1 on'],
  [handed({ target: { name: 'moon' } }), 'CORRAL_CONFIG.target.name must be one of installed, official'],
  [handed({ storeimage: 'i' }), 'CORRAL_CONFIG Unrecognized key: "storeimage"'],
  [{ CORRAL_CONFIG: 'token: s3cr3t' }, 'CORRAL_CONFIG is no JSON: the line that --keep prints has one, and'],
])('what is wrong is named: %j', (change, message) => {
  expect(wrong({ ...least, ...change })).toContain(message);
});

test('all that is wrong or missing is named at once, and nothing of it repeated, whatever somebody wrote there', () => {
  expect(wrong({})).toMatch(
    /^CORRAL_KUBECONFIG is not set: name a kubeconfig file, [^;]*; CORRAL_STORE_IMAGE is not set: name an image with [^;]*$/,
  );
  expect(findRunConfig({})).toBeUndefined();
  const secret = 's3cr3t-token';
  const fields = { kubeconfig: { token: secret }, storeImage: [secret], allow: secret, run: secret };
  const variables = { CORRAL_ALLOW: secret, CORRAL_EXPECT_CLUSTER: secret, CORRAL_TARGET_CLOCKS: secret };
  const messages = [wrong(handed(fields)), wrong(variables), wrong({ CORRAL_CONFIG: `token: ${secret}` })];
  expect(messages.join('\n')).not.toContain('s3cr3t');
});

const everything: RunConfig = {
  ...{
    kubeconfig,
    storeImage,
    context: 'c',
    out: '/o',
    output: 'json',
    provider: 'lab',
    lab: '/l',
    upgrade: '/u',
  },
  ...{
    namespace: 'stores',
    allow,
    without: ['block-device'],
    clocks,
    supportBundle: true,
    disposable: true,
    workers: 2,
    begun: 3,
  },
  ...{ target: { name: 'emulator', version: '0.1.0' }, maxFailures: 1, store: 'all' },
  ...{ pauseOnFailure: true, round: 3, expectCluster: uid, run: 'abc123' },
  shard: { index: 2, of: 8, split: '0123456789ab' },
  machine: {
    ...{ slowness: 1.8, emulatorClock: '1.8' },
    measured: { nodesReady: 5_400, read: 3, pressure: { stalled: 0.5, runQueue: 2, timerDelay: 12 } },
  },
  ownBucket: { endpoint: 'https://s3.example', bucket: 'b', region: 'r', secret: 'ns/name' },
};

test('a configuration is read as it was handed on, whole, and what somebody has set besides allows nothing', () => {
  const fields = configFields().map(({ name }) => name);
  expect(Object.keys(everything).toSorted()).toEqual(fields.toSorted());
  expect(readRunConfig(toVariables(makeRunConfig(everything)))).toEqual(everything);
  const config = makeRunConfig({ kubeconfig, storeImage });
  const besides = { CORRAL_ALLOW: 'manager-kill', CORRAL_NAMESPACE: 'stores' };
  expect(readRunConfig({ ...toVariables(config), ...besides })).toEqual(config);
});

test('of a cluster only what a run has to know is handed on, and each run on it has an id of its own', () => {
  const cluster = {
    kubeconfig,
    storeImage,
    context: 'c',
    accessHints: ['export KUBECONFIG=/k'],
    keep: () => {},
  };
  expect(makeRunConfig(cluster)).toEqual({ ...readRunConfig(least), context: 'c', run: expect.any(String) });
  const again = clusterVariables(cluster);
  const handedOn = Object.keys(JSON.parse(again.CORRAL_CONFIG ?? '')).toSorted();
  expect(handedOn.join()).toBe('allow,context,kubeconfig,provider,storeImage,target,without');
  expect(readRunConfig(again).run).not.toBe(readRunConfig(again).run);
});

test('the clocks of a Longhorn that is there come from a variable, and are refused where they are none', () => {
  const read = (value: string) => {
    vi.stubEnv('CORRAL_TARGET_CLOCKS', value);
    return parseExisting('existing', { kubeconfig: import.meta.filename, context: 'c', storeImage })?.clocks;
  };
  expect([read('6000,5000,15000,500'), read('')]).toEqual([clocks, undefined]);
  const message = `CORRAL_TARGET_CLOCKS=10s ${clocksHelp}, or not be set`;
  expect(() => read('10s')).toThrow(expect.objectContaining({ message, exitCode: 3 }));
});
