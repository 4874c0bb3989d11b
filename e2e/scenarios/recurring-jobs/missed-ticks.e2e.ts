import { scenario } from '../../suite/scenario.ts';

// From Longhorn's article on a job that is stuck after a detachment. Kubernetes before v1.21 started no such job any more.
scenario(
  'A recurring job that was not started at more than a hundred of its times is started at the next',
  { tags: ['recurring-jobs', 'slow'], needs: ['lab'], proves: ['J35'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const job = await given.recurringJob(volume);
    await given.ticksMissed(job, { days: 3 });
    await when.jobScheduled(job);
    await then.ticksMissed(job);
    await then.jobsComplete(job);
    await then.storeHolds(volume, await then.oneBackupEachTick(job));
  },
);
