import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// several-volumes tests what a group's job does for its volumes. A job for the group default is not tested: it would
// also run for the volumes of all other scenarios.
scenario(
  'A volume without a recurring job is in the group default, and a job that is deleted takes its labels along',
  { tags: ['recurring-jobs'], needs: ['block-device'], proves: ['J19', 'J21'] },
  async ({ given, when, then }) => {
    const size = littleData.volume;
    const first = await given.volume({ size });
    await then.inJobs(first, { byDefault: true });
    const job = await given.recurringJob(first);
    const second = await given.volume({ size, group: job.name });
    await then.inJobs(second, { byGroup: job });
    await then.inJobs(first, { of: job, byDefault: true });

    await when.jobDeleted(job, 'the page');
    const taken = await then.orKnownBug(
      'deleted-job-leaves-labels',
      async () => {
        for (const volume of [first, second]) await then.jobLabelsGone(volume, { job, by: 'the page' });
      },
      { race: true },
    );
    if (taken) for (const volume of [first, second]) await then.inJobs(volume, { byDefault: true });

    const another = await given.recurringJob(first);
    await when.jobDeleted(another, 'kubectl');
    await then.orKnownBug('deleted-job-leaves-labels', () =>
      then.jobLabelsGone(first, { job: another, by: 'kubectl' }),
    );
  },
);
