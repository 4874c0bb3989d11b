import { scenario } from '../../suite/scenario.ts';

scenario(
  'A recurring job skips a detached volume until that is allowed, and a volume that has left the job',
  {
    tags: ['recurring-jobs', 'slow'],
    needs: ['block-device'],
    disruptions: ['settings'],
    proves: ['J15', 'J16', 'J41'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const job = await given.recurringJob(volume, { keeps: 2 });
    const run = async () => {
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      return then.oneBackupEachTick(job);
    };
    await run();

    await when.volumeDetached(volume);
    await when.jobTriggered(job);
    await then.leftOut(job, { detached: true });

    const allowed = await given.detachedAllowed();
    const backups = await run();
    await then.volumeDetached(volume);
    await when.released(allowed);

    await when.jobLeft(job);
    await when.jobTriggered(job);
    await then.leftOut(job, { detached: false });
    await then.storeHolds(volume, backups);
    for (const newest of backups.slice(-1)) await then.restores(newest, [data]);
  },
);
