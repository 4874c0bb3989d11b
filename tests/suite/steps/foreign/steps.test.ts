import { expect, test } from 'vitest';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import type { Timeouts } from '../../../../e2e/suite/steps/timeouts.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const briefly = new Proxy({} as Timeouts, { get: () => ({ within: '50ms', owner: 'the test' }) });
const manager = {
  metadata: { name: 'manager', labels: { app: 'longhorn-manager' } },
  status: { phase: 'Running' },
};

/** The steps on a backup `b` in these states, where the managers log this. */
const setUp = ({ states, size, log = '' }: { states: readonly string[]; size?: string; log?: string }) => {
  const timelines = emptyTimelines();
  const patches: object[] = [];
  const cluster = stubCluster({
    hurried: true,
    objects: { pods: [manager], backups: [{ metadata: { name: 'b' }, spec: { backupBlockSize: size } }] },
    onAsk: ({ verb, body = {} }) => verb === 'patch' && patches.push(body),
  });
  cluster.logs = async () => log;
  for (const state of states) {
    const spec = { snapshotName: '', ...(size !== undefined && { backupBlockSize: size }) };
    const object: Backup = { metadata: { name: 'b' }, spec, status: { state, ownerID: 'node1' } };
    timelines.backups.push({ kind: 'modified', at: 0, object });
  }
  const { context } = createTestContext({ timelines, cluster, timeouts: briefly });
  const volume = { name: 'v', target: aTarget, node: '', size: 1 };
  return { ...bindSteps(context), patches, backup: handleOf('b', 'the backup', { volume }) };
};

const stuck = 'failed to get the snapshot  of the backup b: snapshot.longhorn.io "" not found';

test('the label of the target is taken away, and put back', async () => {
  const { when, backup, patches } = setUp({ states: ['Completed'] });
  await when.targetLabelLost(backup);
  await when.targetLabelSet(backup);
  expect(patches).toEqual([
    { metadata: { labels: { 'backup-target': null } } },
    { metadata: { labels: { 'backup-target': 'default' } } },
  ]);
});

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

test('the block size that Longhorn reports, and one that it does not know', async () => {
  const known = setUp({ states: ['Completed'], size: '2097152' });
  await known.then.blocksReported(known.backup, 2 << 20);
  await expect(known.then.blocksReported(known.backup, undefined)).rejects.not.toHaveProperty('seen');
  const unknown = setUp({ states: ['Completed'], size: '-1' });
  await unknown.then.blocksReported(unknown.backup, undefined);
  const seen = { kind: 'Backup', state: 'with an unknown block size', gone: false };
  await expect(unknown.then.blocksReported(unknown.backup, 2 << 20)).rejects.toMatchObject({ seen });
});
