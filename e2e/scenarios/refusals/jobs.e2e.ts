import { scenario } from '../../suite/scenario.ts';

const flaws = {
  'an unknown task': { task: 'copy' },
  'a cron of words': { cron: 'every day' },
  'a cron of four fields': { cron: '0 0 * *' },
  'a cron of minute 60': { cron: '60 0 * * *' },
  'a name of 41 characters': { name: 'a'.repeat(41) },
  'an interval that is no number': { parameters: { 'full-backup-interval': 'often' } },
} as const;

scenario(
  'An invalid recurring job is rejected, and limits that are too small are corrected',
  { tags: ['refusals', 'recurring-jobs'], proves: ['I10', 'J10', 'J25', 'J27'] },
  async ({ given, then }) => {
    const job = await given.newJob();
    for (const [flaw, spec] of Object.entries(flaws)) await then.refused(job, flaw, { spec });
    await then.accepted(job, 'a name of 40 characters', { name: 'a'.repeat(40) });
    await then.accepted(job, 'an interval of 2', { parameters: { 'full-backup-interval': '2' } });
    await then.limitsCorrected(job);
    await then.accepted(job, 'the task snapshot-delete and a retain of 0', {
      task: 'snapshot-delete',
      retain: 0,
    });
    const task = 'snapshot-cleanup';
    const cleanup = { spec: { task, retain: 3 }, into: { task, retain: 0 } };
    await then.corrected(job, 'the task snapshot-cleanup and a retain of 3', cleanup);
    await then.retainBounded(job);
  },
);

// A container may have no dot in its name.
scenario(
  'A recurring job of which Kubernetes takes no CronJob is rejected',
  { tags: ['refusals', 'recurring-jobs', 'slow'], proves: ['J27'] },
  async ({ given, then }) => {
    await given.newJob();
    await then.orKnownBug('dotted-job-never-runs', () => then.dottedJobRejectedOrRuns());
  },
);
