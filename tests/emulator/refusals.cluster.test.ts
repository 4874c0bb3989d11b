import { expect, test } from 'vitest';
import { resources } from '../../e2e/kube/resources.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import { requestBackup, untilCompleted, untilSettled } from '../../e2e/suite/steps/backup/backup.ts';
import { removeMade } from '../../e2e/suite/steps/cleanup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { beginRestore, untilFollowed } from '../../e2e/suite/steps/restore/restore.ts';
import { mebibyte } from '../../e2e/suite/steps/sizes.ts';
import { bindSteps } from '../../e2e/suite/steps/subjects.ts';
import { makeRestoredVolume } from '../../e2e/suite/steps/volume/restored.ts';
import { makeSnapshot } from '../../e2e/suite/steps/volume/snapshot.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { useSteps } from './support/use-longhorn.ts';

const size = 16 * mebibyte;
const waiting = { timeout: 30_000 };

let local: SharedLonghorn;
let context: Context;
let volume: VolumeHandle;

useSteps({ name: 'refusing', run: 'refuse' }, async (started) => {
  ({ local, context } = started);
  volume = await makeRestoredVolume(context, { size, target: started.target });
});

test('recurring jobs, volumes, restores and backups are refused and mended as the scenarios expect', async () => {
  const { given, when, then } = bindSteps(context);
  const job = await given.newJob();
  await then.refused(job, 'an unknown task', { spec: { task: 'copy' } });
  await then.limitsMended(job);
  await then.retainBounded(job);

  const snapshot = await makeSnapshot(context, volume);
  const backup = await requestBackup(context, snapshot);
  await untilCompleted(context, backup);
  await untilSettled(context, backup);
  const restore = await given.newRestore(backup);
  await then.nameTaken(restore, volume);
  await then.sizeOfBackup(restore, backup);
  const standing = { Standby: true, frontend: '' };
  const large = { backupBlockSize: String(16 * mebibyte) };
  const small = { backupBlockSize: String(2 * mebibyte) };
  await then.taken(restore, 'large blocks', large);
  await then.mended(restore, 'standby', { spec: { ...standing, ...large }, into: { ...standing, ...small } });
  await then.changeRefused(volume, 'its compression', { backupCompressionMethod: 'lz4' });
  await then.changeRefused(volume, 'its block size', large);
  const made = await given.newBackup(snapshot);
  await then.refused(made, 'a snapshot that is not there', { spec: { snapshotName: 'nowhere' } });

  const foreign = await given.foreignBackup(volume.target, { size, accessMode: 'rwx' });
  await when.storeLookedInto();
  await then.known(foreign.backup);
  const shared = await given.newRestore(foreign.backup);
  const open = { spec: { accessMode: '' }, into: { accessMode: 'rwx' } };
  await then.mended(shared, 'an open access mode', open);
  await then.taken(shared, 'the access mode rwo', { accessMode: 'rwo' });
  const setting = { namespace, name: 'default-backup-block-size' };
  await local.cluster.patch(longhornResources.settings, setting, { value: '16' });
  const other = await given.newVolume();
  const unsaid = { spec: { backupBlockSize: '0' }, into: large };
  await expect
    .poll(() => then.mended(other, 'no block size', unsaid).then(() => 'mended'), waiting)
    .toBe('mended');

  await then.targetFree(volume.target);
  const standby = await beginRestore(context, backup, { standby: true });
  await untilFollowed(context, standby, backup);
  await then.targetFixed(volume.target);

  const { cluster } = local;
  const off = (kind: 'mutating' | 'validating', name: string) =>
    cluster.delete(resources[`${kind}AdmissionPolicyBindings`], { name: `longhorn-emulator-${name}` });
  await off('validating', 'job-task');
  await off('mutating', 'job-concurrency-mended');
  await off('mutating', 'volume-backup-size');
  await off('mutating', 'volume-standby-block-size');
  await off('mutating', 'volume-access-mode');
  await off('mutating', 'volume-default-block-size');
  await off('validating', 'volume-compression');
  await off('validating', 'backup-snapshot');
  await off('validating', 'standby-volumes');
  const fails = (judged: () => Promise<unknown>) =>
    expect
      .poll(
        () =>
          judged().then(
            () => 'passes',
            () => 'fails',
          ),
        waiting,
      )
      .toBe('fails');
  await fails(() => then.refused(job, 'an unknown task', { spec: { task: 'copy' } }));
  await fails(() => then.limitsMended(job));
  await fails(() => then.sizeOfBackup(restore, backup));
  await fails(() =>
    then.mended(restore, 'standby', { spec: { ...standing, ...large }, into: { ...standing, ...small } }),
  );
  await fails(() => then.mended(shared, 'an open access mode', open));
  await fails(() => then.mended(other, 'no block size', unsaid));
  await fails(() => then.changeRefused(volume, 'its compression', { backupCompressionMethod: 'lz4' }));
  await fails(() => then.refused(made, 'no snapshot', { spec: { snapshotName: 'nowhere' } }));
  await fails(() => then.targetFixed(volume.target));
  await removeMade(context);
});
