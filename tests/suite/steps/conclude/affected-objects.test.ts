import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Backup, Volume } from '../../../../e2e/longhorn/types.ts';
import { affectedObjectsOf } from '../../../../e2e/suite/steps/conclude/affected-objects.ts';
import { emptyTimelines } from '../../../support/test-context.ts';

const born = '2026-11-22T07:00:00Z';
const later = '2026-11-22T09:00:00Z';
const labels = { 'backup-volume': 'v1' };
const timelines = emptyTimelines();
const volume = (at: number, name: string, status: NonNullable<Volume['status']>) => {
  const object = { metadata: { name, creationTimestamp: born }, spec: { size: '1' }, status };
  timelines.volumes.push({ kind: 'modified', at, object });
};
volume(1, 'v1', { state: 'detached' });
for (const at of [2, 3]) volume(at, 'v1', { state: 'attaching', ownerID: 'node1' });
volume(4, 'v1', { state: 'attached', ownerID: 'node1', currentNodeID: 'node2' });
volume(5, 'v1', { state: 'attaching', ownerID: 'node1' });
volume(5, 'stranger', { state: 'attaching', ownerID: 'node9' });
const metadata = { name: 'b1', labels };
const backup: Backup = { metadata, spec: { snapshotName: 's' }, status: { ownerID: 'node3' } as object };
timelines.backups.push({ kind: 'modified', at: 6, object: backup });

const about = (metadata: object, rest: object = {}) => {
  const last = { metadata: { creationTimestamp: later, ...metadata }, ...rest } as KubernetesObject;
  return Object.assign(new Error('not so'), { verdict: { state: 'broken', last } });
};
const first = { from: 2, to: 4 };
const last = { from: 5, to: Number.POSITIVE_INFINITY };
const ofVolume = { since: Date.parse(born), starts: [first, last], nodes: ['node1', 'node2', 'node3'] };
const ofNone = { since: Date.parse(later), starts: [], nodes: undefined };
const ofTarget = about({ name: 'target' });

test.each([
  ['its attachment', about({ name: 'v1' }), ofVolume],
  ['a snapshot of it', about({ name: 's1' }, { spec: { volume: 'v1' } }), ofVolume],
  ['a backup of it', about({ name: 'b1', labels }), ofVolume],
  ['what came of a verdict on it', new Error('no', { cause: about({ name: 'v1' }) }), ofVolume],
  ['nothing in particular', new Error('no'), ofVolume],
  ['what is no volume', ofTarget, ofNone],
  ['what came of such a one', new Error('no', { cause: ofTarget }), ofNone],
])('what an error about %s concerns: a volume, or none', (_, error, affected) =>
  expect(affectedObjectsOf({ timelines, made: { volumes: ['v1'] } }, error)).toEqual(affected),
);
