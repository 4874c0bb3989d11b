import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle, WrittenData } from '../../suite/steps/handles.ts';
import type { JobHandle } from '../../suite/steps/job/job.ts';
import type { RestoreHandle } from '../../suite/steps/restore/restore.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

// longhorn/longhorn#13623, #13976: in v1.8 the Job of such a run fails, and the whole run is repeated.
scenario(
  'A recurring job that fails for one volume still backs up its other volumes',
  {
    tags: ['recurring-jobs', 'denied-snapshots', 'slow'],
    timeout: '60m',
    longhorn: '>=1.9.0',
    disruptions: ['admission-policy'],
    proves: ['J1', 'J20', 'J24', 'J33', 'R49'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const failing = await given.recurringJob(volume);
    const others: JobHandle[] = [];
    for (const size of [littleData.volume, littleData.volume])
      others.push(await given.jobJoined(failing, await given.volume({ size })));
    let backups: BackupHandle[] = [];
    let data: WrittenData[] = [];
    const run = async () => {
      data = [];
      for (const job of [failing, ...others])
        data.push(await given.data(job.volume, { offset: 0, size: 4 * mebibyte }));
      await when.jobTriggered(failing);
      await then.jobsComplete(failing);
    };

    await run();
    for (const job of [failing, ...others]) backups.push(...(await then.oneBackupEachTick(job)));
    await then.oneVolumeAtATime(backups);
    const fault = await given.faultyCleanup(failing, 'snapshots may not be deleted');
    await then.inForce(fault);
    await run();
    backups = await then.oneBackupEachTick(failing);
    for (const job of others) await then.oneBackupEachTick(job);

    await run();
    await then.nothingMadeAnyMore(failing);
    for (const job of others) backups.push(...(await then.oneBackupEachTick(job)));
    await then.jobLogs(failing, { cleanup: 'nothing made', backups });
    await then.inForce(fault);

    await when.released(fault);
    await run();
    const newest: BackupHandle[] = [];
    for (const job of [failing, ...others]) {
      const made = await then.oneBackupEachTick(job);
      await then.oldBackupsDeleted(job, made);
      newest.push(...made.slice(-job.retain));
      await then.storeHolds(job.volume, made.slice(-job.retain));
    }

    const restores: RestoreHandle[] = [];
    for (const backup of newest) restores.push(await when.restored(backup));
    for (const [index, restore] of restores.entries())
      await then.restored(restore, data.slice(index, index + 1));
  },
);

// longhorn/longhorn#11925
scenario(
  'A recurring job goes on with its other volumes although one is deleted while it is backed up',
  {
    tags: ['recurring-jobs', 'slow'],
    longhorn: '>=1.10.0',
    needs: ['wrongAnswers', 'block-device'],
    proves: ['J34'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const job = await given.recurringJob(volume);
    const other = await given.jobJoined(job, await given.volume());
    await given.data(volume);
    const data = await given.data(other.volume);
    const silent = await given.wrongAnswers('silence', {
      to: 'write',
      below: { of: volume, folder: 'blocks' },
    });
    await then.inForce(silent);

    await when.jobTriggered(job);
    const lost = await then.runUploads(job);
    await when.attachedVolumeDeleted(volume);
    await then.ends(lost, { mayFail: true });
    await then.jobsComplete(job);
    await when.released(silent);
    const backups = await then.oneBackupEachTick(other);
    await then.storeHolds(other.volume, backups);
    for (const backup of backups) await then.restores(backup, [data]);
  },
);
