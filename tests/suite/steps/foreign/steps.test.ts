import { expect, test } from 'vitest';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, briefly, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const manager = {
  metadata: { name: 'manager', labels: { app: 'longhorn-manager' } },
  status: { phase: 'Running' },
};

/** The steps on a backup `b` in these states, where the managers log this. */
const setUp = ({ states, log = '' }: { states: readonly string[]; log?: string }) => {
  const timelines = emptyTimelines();
  const cluster = stubCluster({ hurried: true, objects: { pods: [manager] } });
  cluster.logs = async () => log;
  for (const state of states) {
    const status = { state, ownerID: 'node1' };
    const object: Backup = { metadata: { name: 'b' }, spec: { snapshotName: '' }, status };
    timelines.backups.push({ kind: 'modified', at: 0, object });
  }
  const { context } = createTestContext({ timelines, cluster, timeouts: briefly });
  const volume = { name: 'v', target: aTarget, node: '', size: 1 };
  return { ...bindSteps(context), backup: handleOf('b', 'the backup', { volume }) };
};

const stuck = 'failed to get the snapshot  of the backup b: snapshot.longhorn.io "" not found';

test('a backup without the label is not deleted only if Longhorn says that it looks for its target', async () => {
  const well = setUp({ states: ['Completed', 'Deleting'] });
  await well.then.deletingUnlabelled(well.backup);
  const { then, backup } = setUp({ states: ['Completed'], log: stuck });
  const seen = { kind: 'Backup', name: 'b', state: 'without a backup target', gone: false };
  await expect(then.deletingUnlabelled(backup)).rejects.toMatchObject({ seen });
  const silent = setUp({ states: ['Completed'], log: stuck.replace('backup b', 'backup c') });
  await expect(silent.then.deletingUnlabelled(silent.backup)).rejects.not.toHaveProperty('seen');
});

test('an unfinished backup is found, and is not Completed', async () => {
  const well = setUp({ states: [''] });
  await well.then.foundUnfinished(well.backup);
  const { then, backup } = setUp({ states: ['Completed'] });
  await expect(then.foundUnfinished(backup)).rejects.toMatchObject({ verdict: { state: 'met' } });
});

const target = { ...aTarget, name: 'default' };
const volume = { name: 'v', target, node: '', size: 5 };

/** The steps where Longhorn has listed a volume, and these backups of it: names, and sizes of their volume. */
const listed = (...backups: readonly [string, string][]) => {
  const timelines = emptyTimelines();
  const labels = { 'backup-volume': 'v', 'backup-target': 'default' };
  timelines.backupVolumes.push({
    ...{ kind: 'modified', at: 0 },
    object: { metadata: { name: 'bv', labels }, status: { lastSyncedAt: '2026-01-01T00:00:00Z' } },
  });
  const objects = backups.map(([name, volumeSize]): Backup => {
    const status = { state: 'Completed', url: 's3://', volumeSize };
    return { metadata: { name, labels }, spec: { snapshotName: '' }, status };
  });
  for (const object of objects) timelines.backups.push({ kind: 'modified', at: 0, object });
  const cluster = stubCluster({ hurried: true, objects: { backups: objects } });
  return bindSteps(createTestContext({ timelines, cluster, timeouts: briefly }).context).then;
};

test('all backups of a volume are listed only if none is missing, and each says the size of the volume', async () => {
  const [b, c] = ['b', 'c'].map((name) => handleOf(name, 'the backup', { volume }));
  if (b === undefined || c === undefined) throw new Error('there are two');
  await listed(['b', '5'], ['c', '5']).allListed([b, c]);
  await expect(listed(['b', '5']).allListed([b, c])).rejects.toThrow('knows 1 of its 2 backups');
  await expect(listed(['b', '5'], ['c', '4']).allListed([b, c])).rejects.toThrow('4 bytes of a volume of 5');
});
