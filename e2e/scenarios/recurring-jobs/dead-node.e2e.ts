import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';

scenario(
  'A recurring job whose node restarts during its first run goes on',
  {
    tags: ['recurring-jobs', 'slow'],
    needs: ['lab', 'block-device', 'serverSlow'],
    // Also scenarios that wait for their turn have volumes and stores on the node.
    exclusive: ['nodes', 'all-volumes'],
    disruptions: ['store-stall', 'node-fault'],
    proves: ['J18'],
  },
  async ({ given, when, then, data: { volume: size, large, small } }) => {
    await given.exclusive('nodes', 'all-volumes');
    const volume = await given.volume({ size });
    const data = await given.data(volume, { ...large, size: small.offset });
    let newest = await given.data(volume, small);
    const job = await given.recurringJob(volume);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    await when.jobScheduled(job);
    const uploading = await then.runUploads(job);
    const crashed = await when.uploaderNodeCrashed(uploading);
    await then.inForce(crashed);
    await when.released(slow);
    await then.nodeLost(crashed);
    await when.released(crashed);
    await then.healthy(volume);

    // Kubernetes may have started the pod of the run again, which has made a backup of its own then.
    const failed: BackupHandle[] = [];
    let kept: BackupHandle[] = [];
    for (const backup of await then.runEnds(job, { old: [], disturbed: true })) {
      const completed = await then.endsInAnyCase(backup);
      if (completed.length === 0) failed.push(backup);
      kept.push(...completed);
    }
    for (let runs = 0; runs < 2; runs += 1) {
      newest = await given.data(volume, small);
      await when.jobScheduled(job);
      kept = await then.runEnds(job, { old: kept, beside: failed, disturbed: false });
      for (const backup of kept) await then.completed(backup);
    }
    for (const backup of failed) {
      await when.deleted(backup);
      await then.goneInTheEnd(backup);
    }
    await then.storeHolds(volume, kept, { afterKill: true });
    for (const backup of kept) await then.restores(backup, [data, newest]);
  },
);
