import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

scenario(
  'A recurring job continues after the server of its store was gone for three runs',
  {
    tags: ['failing-store', 'recurring-jobs', 'slow'],
    timeout: '60m',
    // Needs a block device, because the data written before and after make the backups differ.
    needs: ['block-device', 'serverGone'],
    disruptions: ['store-stall'],
    proves: ['J31', 'R1', 'R4'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const before = await given.data(volume);
    // The job has not made this backup, so it must not delete it.
    const kept = await given.settledBackup(volume);
    const job = await given.recurringJob(volume);
    await given.data(volume, { offset: 0, size: 4 * mebibyte });
    const gone = await given.serverGone();
    await then.inForce(gone);

    await when.jobEachMinute(job);
    await then.nothingCompletes(job, { ticks: 3 });
    await then.inForce(gone);
    await when.jobRests(job);

    await when.released(gone);
    await then.storeListed(await when.storeLookedInto());
    await then.startedRunsEnd(job);
    await then.known(kept);

    const after = await given.data(volume);
    await when.jobTriggered(job);
    await then.jobsComplete(job);
    const backups = await then.oneBackupEachTick(job);
    const whole = [kept, ...backups.slice(-job.retain)];
    await then.storeHolds(volume, whole, { ignoreOthers: true });
    await then.restores(kept, [before]);
    for (const newest of backups.slice(-job.retain)) await then.restores(newest, [after]);
  },
);
