import { expect, test } from 'vitest';
import { patchedObject } from '../../e2e/faults/patched-object.ts';
import { longhornResources } from '../../e2e/longhorn/resources.ts';
import { stubCluster } from '../support/stub-cluster.ts';

const { settings } = longhornResources;
const setting = { namespace: 'longhorn-system', name: 'backup-concurrent-limit' };
const cluster = stubCluster({
  objects: { settings: [{ metadata: setting, value: '5', status: { applied: true } }] },
});

const title = 'one backup is made at a time';
const change = { before: { value: '5' }, after: { value: '1' } };
const oneAtATime = () => patchedObject.on(cluster, { title, resource: settings, ...setting, ...change });

test('an object is changed from the inject to the heal, and the proof is what it has', async () => {
  const { inject, prove, data } = oneAtATime();
  await expect(prove()).rejects.toThrow(
    'the fault is not in force: one backup is made at a time: backup-concurrent-limit has {"value":"5"}',
  );
  await inject();
  expect(await prove()).toBe('backup-concurrent-limit has {"value":"1"}');
  for (const _ of [1, 2])
    expect(await patchedObject.heal(cluster, data)).toBe('backup-concurrent-limit (settings) is as it was');
  expect(await cluster.get(settings, setting)).toMatchObject({ value: '5', status: { applied: true } });
});

test('the change of somebody else in the meantime stays', async () => {
  const { inject, data } = oneAtATime();
  await inject();
  await cluster.patch(settings, setting, { value: '3' });
  expect(await patchedObject.heal(cluster, data)).toBe(
    'backup-concurrent-limit (settings) was changed by somebody else meanwhile, to {"value":"3"}: it stays so',
  );
  expect(await cluster.get(settings, setting)).toMatchObject({ value: '3' });
});

test('a list in the object is put back as a whole', async () => {
  const { nodes } = longhornResources;
  const node = { namespace: 'longhorn-system', name: 'node1' };
  const tagged = stubCluster({ objects: { nodes: [{ metadata: node, spec: { tags: ['a'] } }] } });
  const [before, after] = [{ spec: { tags: ['a'] } }, { spec: { tags: ['a', 'b'] } }];
  const { inject, prove, data } = patchedObject.on(tagged, {
    title,
    resource: nodes,
    ...node,
    before,
    after,
  });
  await inject();
  expect(await prove()).toBe('node1 has {"spec":{"tags":["a","b"]}}');
  expect(await patchedObject.heal(tagged, data)).toBe('node1 (nodes) is as it was');
  expect(await tagged.get(nodes, node)).toMatchObject(before);
});
