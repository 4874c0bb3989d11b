import { describe, expect, test } from 'vitest';
import { EnvironmentError, parseEnvironment, toVariables } from '../../../e2e/suite/config/environment.ts';
import { makeRunId, runIdPattern } from '../../../e2e/suite/config/run-id.ts';

const least = { CORRAL_KUBECONFIG: '/k', CORRAL_RUN: 'abc123', CORRAL_STORE_IMAGE: 'store:1' };

test('what is not named has a default', () => {
  expect(parseEnvironment(least)).toEqual({
    kubeconfig: '/k',
    context: undefined,
    run: 'abc123',
    out: '.corral/last',
    provider: 'existing',
    target: { name: 'installed', version: null },
    clocks: undefined,
    lab: undefined,
    namespace: undefined,
    allow: [],
    without: [],
    workers: undefined,
    round: 1,
    supportBundle: false,
    output: 'quiet',
    storeImage: 'store:1',
  });
});

describe('what is missing or wrong is named', () => {
  test.each([
    [{ CORRAL_KUBECONFIG: undefined }, 'CORRAL_KUBECONFIG is not set: name a kubeconfig file, or let `npm run e2e` bring a cluster'],
    [{ CORRAL_RUN: 'Abc' }, 'CORRAL_RUN must be six characters of a-z and 0-9'],
    [{ CORRAL_RUN: undefined }, 'CORRAL_RUN is not set'],
    [
      { CORRAL_STORE_IMAGE: undefined },
      'CORRAL_STORE_IMAGE is not set: name an image with nfs-ganesha, e2fsprogs and bash, which the cluster can pull',
    ],
    [
      { CORRAL_ALLOW: 'manager-kill,all' },
      'CORRAL_ALLOW.1 must be names with commas, of manager-kill, process-hold, manager-mount, store-stall, admission-policy, settings, default-target, node-fault',
    ],
    [{ CORRAL_WITHOUT: 'iscsi' }, 'CORRAL_WITHOUT.0 must be names with commas, of block-device'],
    [{ CORRAL_SUPPORT_BUNDLE: 'yes' }, 'CORRAL_SUPPORT_BUNDLE must be 1, or not be set'],
    [{ CORRAL_OUTPUT: 'loud' }, 'CORRAL_OUTPUT Invalid option: expected one of "quiet"|"verbose"|"json"'],
    [{ CORRAL_WORKERS: '0' }, 'CORRAL_WORKERS must be a whole number from 1 on'],
    [{ CORRAL_TARGET: 'moon' }, 'CORRAL_TARGET Invalid option: expected one of "installed"|"official"|"archive"|"emulator"'],
    [
      { CORRAL_TARGET_CLOCKS: '6s' },
      'CORRAL_TARGET_CLOCKS must be four numbers of milliseconds: the back-off of a deletion, the resync, the life of a lock, and the poll of an upload',
    ],
  ])('%j', (change, message) => {
    expect(() => parseEnvironment({ ...least, ...change })).toThrow(new EnvironmentError(message));
  });

  test('all of it at once', () => {
    expect(() => parseEnvironment({})).toThrow(/^CORRAL_KUBECONFIG .*; CORRAL_RUN .*; CORRAL_STORE_IMAGE /);
  });
});

test.each([
  least,
  {
    ...least,
    CORRAL_CONTEXT: 'c',
    CORRAL_OUT: '/o',
    CORRAL_OUTPUT: 'json',
    CORRAL_PROVIDER: 'lab',
    CORRAL_LAB: '/l',
    CORRAL_NAMESPACE: 'stores',
    CORRAL_ALLOW: 'manager-kill,settings',
    CORRAL_WITHOUT: 'block-device',
    CORRAL_TARGET_CLOCKS: '6000,5000,15000,500',
    CORRAL_TARGET: 'emulator',
    CORRAL_TARGET_VERSION: '0.1.0',
    CORRAL_SUPPORT_BUNDLE: '1',
    CORRAL_WORKERS: '2',
    CORRAL_SCENARIOS: '18',
    CORRAL_ROUND: '3',
  },
])('variables %# are read as they were written', (variables) => {
  const environment = parseEnvironment(variables);
  expect(toVariables(environment)).toMatchObject(variables);
  expect(parseEnvironment(toVariables(environment))).toEqual(environment);
});

test('ids of runs fit in names, and differ', () => {
  const ids = Array.from({ length: 100 }, makeRunId);
  expect(ids.every((id) => runIdPattern.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(100);
});
