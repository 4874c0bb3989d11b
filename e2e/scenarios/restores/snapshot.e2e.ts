import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A restored volume has as many replicas as were asked for, and one snapshot, without which its data last',
  {
    tags: ['restores', 'snapshots', 'recurring-jobs', 'slow'],
    needs: ['block-device'],
    disruptions: ['replica-kill'],
    proves: ['J10', 'R10', 'R15', 'R16'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const single = await then.restored(await when.restored(backup, { replicas: 1 }), data);
    await then.hasReplicas(single, 1);
    // A snapshot that no user has made, which is removed once there is another one.
    await then.oneSnapshot(single);
    const manual = await given.snapshot(single);
    const cleanup = await given.snapshotJob(single, { task: 'snapshot-cleanup', keeps: 0 });
    await when.jobTriggered(cleanup);
    await then.jobsComplete(cleanup);
    await then.snapshotsLeft(single, [manual]);

    const restore = await when.restored(backup);
    const restored = await then.restored(restore, data);
    const snapshot = await then.oneSnapshot(restored);
    // Longhorn merges a snapshot with a newer one, and removes it then.
    const second = await given.settledBackup(restored);
    await when.snapshotDeleted(snapshot);
    await then.snapshotGoes(snapshot);
    const killed = await when.replicaKilled(restored);
    await then.inForce(killed);
    await then.healthyAgain(restored, { since: second });
    await then.restored(restore, data);
    await then.storeHolds(volume, [backup]);
    await then.storeHolds(restored, [second]);
  },
);
