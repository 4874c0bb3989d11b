import { expect, test } from 'vitest';
import { patchedObject, putBack } from '../../e2e/faults/patched-object.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { localPods } from '../support/local-pods.ts';

const setting = { name: 'backup-concurrent-limit', value: '5', status: { applied: true } };
const cluster = {
  ...localPods(),
  get: async () => structuredClone(setting),
  patch: async (_resource: unknown, _where: unknown, patch: object) => Object.assign(setting, patch),
} as unknown as Cluster;

const oneAtATime = () =>
  patchedObject(cluster, {
    title: 'one backup is made at a time',
    resource: { group: 'longhorn.io', version: 'v1beta2', plural: 'settings' },
    namespace: 'longhorn-system',
    name: 'backup-concurrent-limit',
    before: { value: '5' },
    after: { value: '1' },
  });

test('an object is changed from the inject to the heal, and the proof is what it has', async () => {
  const { inject, prove, data } = oneAtATime();
  await expect(prove()).rejects.toThrow(
    'it is not so that one backup is made at a time: backup-concurrent-limit has {"value":"5"}',
  );
  await inject();
  expect(await prove()).toBe('backup-concurrent-limit has {"value":"1"}');
  for (const _ of [1, 2])
    expect(await putBack.heal(cluster, data)).toBe('backup-concurrent-limit (settings) is as it was');
  expect(setting).toEqual({ name: 'backup-concurrent-limit', value: '5', status: { applied: true } });
});

test('the change of somebody else in the meantime stays', async () => {
  const { inject, data } = oneAtATime();
  await inject();
  setting.value = '3';
  expect(await putBack.heal(cluster, data)).toBe(
    'backup-concurrent-limit (settings) was changed by somebody else meanwhile, to {"value":"3"}: it stays so',
  );
  expect(setting.value).toBe('3');
  setting.value = '5';
});
