import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Trim Filesystem".
scenario(
  'A recurring job with the task filesystem-trim frees the space of the files that a workload has removed',
  {
    tags: ['recurring-jobs', 'claims'],
    needs: ['block-device'],
    disruptions: ['claims'],
    proves: ['J13'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 1 });
    const [volume] = set.pods.map((each) => each.volume);
    if (volume === undefined) throw new Error('the StatefulSet has no volume');
    const removed = await when.filesRemoved(set);
    const job = await given.trimJob(volume);
    await when.jobTriggered(job);
    await then.jobsComplete(job);
    await then.spaceFreed(removed);
  },
);
