import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Event } from '../../../../e2e/longhorn/job-types.ts';
import type { Volume, VolumeEngine } from '../../../../e2e/longhorn/types.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import type { RestoreHandle } from '../../../../e2e/suite/steps/restore/restore.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { timeoutsOn } from '../../../../e2e/suite/steps/timeouts.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const begun = { state: 'attached', robustness: 'healthy', restoreInitiated: true, restoreRequired: true };
const underWay = { ...begun, conditions: [{ type: 'Restore', status: 'True', reason: 'RestoreInProgress' }] };
const done = { ...begun, state: 'detached', robustness: 'unknown', restoreRequired: false };
const failed = [{ type: 'Restore', status: 'False', reason: 'RestoreFailure', message: 'All failed' }];
const givenUp = { ...begun, state: 'detaching', robustness: 'faulted', conditions: failed };

const says = (cause: string): string => `replica w-r-1 failed the restore: tcp://10.42.0.7:10000: ${cause}`;
const locked = says(
  'failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup create/restore, please try again later',
);
const damaged = says('checksum verification failed for block 1e2f');

/** A volume that goes through these states, and what its events say. */
const setUp = (
  states: readonly NonNullable<Volume['status']>[],
  messages: readonly string[] = [],
  replicas: object[] = [],
) => {
  const timelines = emptyTimelines();
  const events = replayTimeline<Event>('events');
  const engines = replayTimeline<VolumeEngine>('engines');
  for (const status of states) {
    const object = { metadata: { name: 'w' }, spec: { size: '1' }, status };
    timelines.volumes.push({ kind: 'modified', at: 0, object });
  }
  for (const [index, message] of messages.entries()) {
    const metadata = { name: `w.${index}` };
    const object = { metadata, involvedObject: { name: 'w' }, reason: 'FailedRestore', message };
    events.push({ kind: 'added', at: 0, object });
  }
  const rules = timeoutsOn(longhornClocks);
  const short = { within: '20ms', owner: 'the test' } as const;
  const timeouts = {
    ...rules,
    restoreBegins: short,
    restoreWaits: short,
    restoreFails: short,
    restoreReasons: short,
    restored: short,
    syncActedOn: short,
  };
  const cluster = stubCluster({ objects: { replicas } });
  const { context } = createTestContext({ timelines, timeouts, cluster });
  const backup = handleOf('b', 'the first backup', {
    volume: { name: 'v', target: aTarget, node: 'node1', size: 1 },
  });
  const restore: RestoreHandle = {
    name: 'w',
    label: 'the restored volume',
    backup,
    from: 0,
    replicas: 2,
    events,
    engines,
  };
  return { steps: bindSteps(context).then, restore, timelines, engines };
};

test('a restore that is under way, and neither ends nor is given up, waits', async () => {
  const waiting = setUp([begun, underWay]);
  await waiting.steps.restoreWaits(waiting.restore);
  const ended = setUp([begun, underWay, done]);
  await expect(ended.steps.restoreWaits(ended.restore)).rejects.toThrow('restored, and detached');
});

test('one that is given up is the broken promise of a bug, by what its replicas say', async () => {
  const { steps, restore } = setUp([begun, underWay, givenUp], [locked, locked]);
  const error = await steps.restoreWaits(restore).catch((error: unknown) => error);
  const seen = { of: 'history', kind: 'Volume', name: 'w', state: 'faulted', gone: false };
  expect(error).toMatchObject({ seen: { ...seen, says: ['restore-lost-lock'] } });
  expect((error as Error).message).toContain(`- restore-lost-lock: "${locked}"`);
  await expect(steps.restored(restore, [])).rejects.toMatchObject({ seen });
});

// As seen on a v1.12.1.
const real = ['creating', 'detaching', 'detached', 'attaching'].map((state) => ({ ...begun, state }));
const hidden = { ...underWay, frontendDisabled: true };
const over = { ...done, conditions: [{ type: 'Restore', status: 'False', reason: '' }] };
const written = { ...hidden, restoreRequired: false };

test('a volume that has no device until it is restored, and says so', async () => {
  const well = setUp([...real, hidden, written, { ...over, state: 'detaching' }, over]);
  await well.steps.unusedMeanwhile(well.restore);
  for (const bad of [
    [...real, underWay, over],
    [...real, { ...begun, frontendDisabled: true }, over],
    [...real, hidden, underWay, over],
    [...real, hidden, written, { ...done, conditions: hidden.conditions }],
  ]) {
    const { steps, restore } = setUp(bad);
    await expect(steps.unusedMeanwhile(restore)).rejects.toThrow('the restored volume');
  }
});

test('a restore that fails for the reason that is expected, and for another one', async () => {
  const { steps, restore } = setUp([begun, underWay, givenUp], [damaged]);
  await steps.restoreFails(restore, 'restore-damaged');
  await expect(steps.restoreFails(restore, 'restore-without-block')).rejects.toThrow(
    `the restored volume failed for another reason:\n- ${damaged}`,
  );
  const well = setUp([begun, underWay, done]);
  await expect(well.steps.restoreFails(well.restore, 'restore-damaged')).rejects.toThrow();
});

test('a backup that goes before the restore from it has ended went too early', async () => {
  const { steps, restore, timelines, engines } = setUp([begun, underWay]);
  const engine = { metadata: { name: 'w-e-0' }, status: { lastRestoredBackup: 'b' } };
  engines.push({ kind: 'modified', at: 5_000, object: engine as VolumeEngine });
  const object = { metadata: { name: 'b' }, spec: { snapshotName: 's' } };
  timelines.backups.push({ kind: 'deleted', at: 2_000, object });
  await expect(steps.deletedAfterRestore(restore.backup, restore)).rejects.toThrow(
    'the first backup was gone 3 s before the restored volume was written',
  );
  const well = setUp([begun, underWay]);
  well.engines.push({ kind: 'modified', at: 1_000, object: engine as VolumeEngine });
  well.timelines.backups.push({ kind: 'deleted', at: 2_000, object });
  await well.steps.deletedAfterRestore(well.restore.backup, well.restore);
});

test('a restore that is over before anybody saw it at work is no failure, and proves nothing', async () => {
  const engineIs = (status: NonNullable<VolumeEngine['status']>) => {
    const { steps, restore, engines } = setUp([begun, underWay]);
    const object = { metadata: { name: 'w-e-0' }, spec: { nodeID: 'n' }, status } as VolumeEngine;
    engines.push({ kind: 'modified', at: 1, object });
    return steps.restoring(restore);
  };
  await engineIs({ restoreStatus: { r: { isRestoring: true } }, lastRestoredBackup: 'a' });
  await expect(engineIs({ restoreStatus: {}, lastRestoredBackup: 'b' })).rejects.toBeInstanceOf(
    InconclusiveError,
  );
});

test('a backup that is made beside a restore, and one that was begun only after it', async () => {
  const madeAt = (at: number) => {
    const hiding = setUp([begun, hidden, over]);
    const { timelines, restore, steps } = hiding;
    for (const state of ['', 'InProgress', 'Completed']) {
      const object = { metadata: { name: 'b' }, spec: { snapshotName: 's' }, status: { state } };
      timelines.backups.push({ kind: 'modified', at, object });
    }
    const object = {
      metadata: { name: 'w-e-0' },
      spec: { nodeID: 'n' },
      status: { lastRestoredBackup: 'b' },
    };
    hiding.engines.push({ kind: 'modified', at: 10, object });
    return steps.madeBeside(restore.backup, { restore });
  };
  await madeAt(5);
  await expect(madeAt(11)).rejects.toThrow(
    'nobody saw the first backup InProgress before the restored volume was written',
  );
});

const newest = (stored: readonly string[]) =>
  handleOf('b2', 'the next backup', {
    volume: {
      ...{ name: 'v', node: 'node1', size: 1 },
      target: { ...aTarget, store: { backups: async () => stored } as never },
    },
  });

const restoredBackups = (...names: readonly string[]) => {
  const activated = setUp([begun, underWay, done]);
  for (const lastRestoredBackup of names) {
    const engine = { metadata: { name: 'w-e-0' }, status: { lastRestoredBackup } };
    activated.engines.push({ kind: 'modified', at: 0, object: engine as VolumeEngine });
  }
  return activated;
};

test('a volume that is activated without the newest backup, which the store has', async () => {
  const well = restoredBackups('b', 'b2', '');
  await well.steps.activatedWith(well.restore, newest(['b', 'b2']));
  const { steps, restore } = restoredBackups('b', '');
  const seen = { kind: 'Volume', name: 'w', state: 'activated without the newest backup', gone: false };
  await expect(steps.activatedWith(restore, newest(['b', 'b2']))).rejects.toMatchObject({ seen });
  await expect(steps.activatedWith(restore, newest(['b']))).rejects.toThrow(InconclusiveError);
  const unseen = restoredBackups('');
  await expect(unseen.steps.activatedWith(unseen.restore, newest(['b2']))).rejects.toThrow('nobody saw');
});

test('a restore that finds no space must say so, and have no replica on a disk', async () => {
  const unplaced = (message: string) => {
    const conditions = [{ type: 'Scheduled', status: 'False', reason: 'ReplicaSchedulingFailure', message }];
    return [{ state: 'detached', conditions }];
  };
  const told = unplaced('precheck new replica failed: insufficient storage');
  const well = setUp(told);
  await well.steps.missingSpaceSaid(well.restore);
  const other = setUp(unplaced('precheck new replica failed: disks are unavailable'));
  await expect(other.steps.missingSpaceSaid(other.restore)).rejects.toThrow('disks are unavailable');
  const metadata = { name: 'w-r-1', namespace: 'longhorn-system', labels: { longhornvolume: 'w' } };
  const placed = setUp(told, [], [{ metadata, spec: { nodeID: 'node1' } }]);
  await expect(placed.steps.missingSpaceSaid(placed.restore)).rejects.toThrow('has 1 replica on a disk');
  const begins = setUp([begun, underWay]);
  await expect(begins.steps.missingSpaceSaid(begins.restore)).rejects.toThrow('is not placed');
});
