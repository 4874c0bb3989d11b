import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Backup, Volume } from '../../../../e2e/longhorn/types.ts';
import { concernOf } from '../../../../e2e/suite/steps/conclude/concern.ts';

const born = '2026-11-22T07:00:00Z';

const deps = () => {
  const volumes = replayTimeline<Volume>('volumes');
  const backups = replayTimeline<Backup>('backups');
  const volume = (at: number, name: string, status: NonNullable<Volume['status']>) =>
    volumes.push({
      kind: 'modified',
      at,
      object: { metadata: { name, creationTimestamp: born }, spec: { size: '1' }, status },
    });
  volume(1, 'v1', { state: 'detached' });
  volume(2, 'v1', { state: 'attaching', ownerID: 'node1' });
  volume(3, 'v1', { state: 'attaching', ownerID: 'node1' });
  volume(4, 'v1', { state: 'attached', ownerID: 'node1', currentNodeID: 'node2' });
  volume(5, 'v1', { state: 'attaching', ownerID: 'node1' });
  volume(5, 'stranger', { state: 'attaching', ownerID: 'node9' });
  const metadata = {
    name: 'b1',
    creationTimestamp: '2026-11-22T08:00:00Z',
    labels: { 'backup-volume': 'v1' },
  };
  backups.push({
    kind: 'modified',
    at: 6,
    object: { metadata, spec: { snapshotName: 's1' }, status: { ownerID: 'node3' } },
  });
  return { timelines: { volumes, backups }, made: { volumes: ['v1'] } };
};

const ofVolume = {
  since: Date.parse(born),
  starts: [
    { from: 2, to: 4 },
    { from: 5, to: Number.POSITIVE_INFINITY },
  ],
  nodes: ['node1', 'node2', 'node3'],
};

const about = (last: KubernetesObject | undefined) =>
  Object.assign(new Error('not so'), { verdict: { state: 'broken', last } });
const later = '2026-11-22T09:00:00Z';
const labels = { 'backup-volume': 'v1' };

test.each([
  ['its attachment', about({ metadata: { name: 'v1', creationTimestamp: later } })],
  [
    'a snapshot of it',
    about({ metadata: { name: 's1', creationTimestamp: later }, spec: { volume: 'v1' } } as KubernetesObject),
  ],
  ['a backup of it', about({ metadata: { name: 'b1', creationTimestamp: later, labels } })],
  ['what came of a verdict on it', new Error('no', { cause: about({ metadata: { name: 'v1' } }) })],
  ['nothing in particular', new Error('no')],
])('an error about %s concerns the volume: its birth, its starts, whoever owned it', (_, error) =>
  expect(concernOf(deps(), error)).toEqual(ofVolume),
);

const ofTarget = about({ metadata: { name: 'target', creationTimestamp: later } });

test.each([
  ['is about what is no volume', ofTarget],
  ['came of such a one', new Error('no', { cause: ofTarget })],
])('an error that %s concerns none', (_, error) =>
  expect(concernOf(deps(), error)).toEqual({ since: Date.parse(later), starts: [], nodes: undefined }),
);
