import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { VolumeEngine } from '../../../../e2e/longhorn/types.ts';
import type { RestoreHandle } from '../../../../e2e/suite/steps/restore/restore.ts';
import { restoredTogether, timesOfRestore } from '../../../../e2e/suite/steps/restore/together.ts';

/** A volume whose engine says at these times, in turns, that it restores and that it does not. */
const restoredOn = (name: string, nodeID: string, ...times: number[]): RestoreHandle => {
  const engines = replayTimeline<VolumeEngine>('engines');
  for (const [index, at] of times.entries()) {
    const restoreStatus = { 'tcp://10.0.0.1:10000': { isRestoring: index % 2 === 0 } };
    const object = { metadata: { name: `${name}-e-0` }, spec: { nodeID }, status: { restoreStatus } };
    engines.push({ kind: 'modified', at, object: object as unknown as VolumeEngine });
  }
  return { name, engines } as unknown as RestoreHandle;
};

test('two volumes that were restored on a node at once are found, and no others', () => {
  const one = restoredOn('one', 'node1', 0, 10);
  expect(restoredTogether([one, restoredOn('two', 'node1', 10, 20)])).toEqual([]);
  expect(restoredTogether([one, restoredOn('two', 'node2', 5, 15)])).toEqual([]);
  expect(restoredTogether([one, restoredOn('two', 'node1', 5, 15)])).toEqual(['one and two on node1']);
  expect(restoredTogether([one, restoredOn('two', 'node1', 5)])).toEqual(['one and two on node1']);
});

test('a volume whose engine has restored nothing yet has no times', () => {
  expect(timesOfRestore(restoredOn('one', 'node1'))).toEqual([]);
  expect(timesOfRestore(restoredOn('one', 'node1', 3, 4))).toEqual([{ from: 3, to: 4, node: 'node1' }]);
});
