import { describe, expect, test } from 'vitest';
import { EnvironmentError, parseEnvironment, toVariables } from '../e2e/environment.ts';
import { makeRunId, runIdPattern } from '../e2e/run-id.ts';

const least = { CORRAL_KUBECONFIG: '/k', CORRAL_RUN: 'abc123', CORRAL_STORE_IMAGE: 'store:1' };

test('what is not named has a default', () => {
  expect(parseEnvironment(least)).toEqual({
    kubeconfig: '/k',
    context: undefined,
    run: 'abc123',
    out: '.corral/last',
    provider: 'existing',
    target: { name: 'official', version: null },
    clocks: undefined,
    lab: undefined,
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
    [{ CORRAL_TARGET: 'moon' }, 'CORRAL_TARGET Invalid option: expected one of "official"|"archive"|"emulator"'],
    [
      { CORRAL_TARGET_CLOCKS: '6s' },
      'CORRAL_TARGET_CLOCKS must be three numbers of milliseconds: the back-off of a deletion, the resync, and the life of a lock',
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
    CORRAL_PROVIDER: 'lab',
    CORRAL_LAB: '/l',
    CORRAL_TARGET_CLOCKS: '6000,5000,15000',
    CORRAL_TARGET: 'emulator',
    CORRAL_TARGET_VERSION: '0.1.0',
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
