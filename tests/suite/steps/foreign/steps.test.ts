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
