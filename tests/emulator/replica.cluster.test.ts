import { expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import type { Replica } from '../../emulator/longhorn/objects.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { type LocalCluster, longhorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

let local: LocalCluster;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
});

const limit = { within: '30s', owner: 'this test' } as const;
const size = 1 << 24;

test('a volume whose replica cannot start its helper is never attached, and faulted for good', async () => {
  const replicas = await follow<Replica & { metadata: { uid: string } }>(local.cluster, longhorn('replicas'), { namespace });
  const replicaOf = (volume: string, state: string) =>
    once(replicas, ({ spec, status }) => spec.volumeName === volume && status?.currentState === state, { label: state, ...limit });
  await user.volume('sound', { node: 'node1', size });
  await replicaOf('sound', 'running');

  await local.restart('replica-helper-lost');
  const attaching = user.volume('broken', { node: 'node1', size }).catch(() => undefined);
  const isFaulted = (volume: string) =>
    once(user.timelines.volumes, ({ status }) => status?.state === 'detached' && status.robustness === 'faulted', {
      name: volume,
      label: `${volume} is faulted`,
      ...limit,
    });
  // In Longhorn the replica of an attached volume goes on without its manager; here it begins anew with it, so that the other is lost too.
  await Promise.all(['broken', 'sound'].map(isFaulted));
  await Promise.all(['broken', 'sound'].map((volume) => replicaOf(volume, 'error')));
  const states = user.timelines.volumes.entries.flatMap((entry) =>
    entry.kind !== 'gap' && entry.object.metadata.name === 'broken' ? [entry.object.status?.state] : [],
  );
  expect(states).not.toContain('attached');
  expect(await local.logs()).toMatch(/\[broken-r-\w+\] Error running start replica command: exec: /);
  await user.stop();
  await attaching;
});
