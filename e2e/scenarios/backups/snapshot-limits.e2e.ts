import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// From Longhorn's page "Snapshot Space Management".
scenario(
  'A volume takes no more snapshots than it may have, and none that is too large, until one is removed',
  { tags: ['snapshots', 'recurring-jobs', 'slow'], needs: ['block-device'], proves: ['N7'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ snapshots: { maxCount: 2 } });
    await given.data(volume);
    const [first, second] = [await given.snapshot(volume), await given.snapshot(volume)];
    await when.snapshotWanted(volume);
    const third = await then.snapshotRefused(volume, 'count');
    await when.snapshotDeleted(first);
    await then.snapshotGoes(first);
    await then.snapshotTakenAfterAll(third);

    const job = await given.recurringJob(volume);
    await when.jobTriggered(job);
    await then.snapshotRefused(volume, 'count');
    await when.snapshotDeleted(second);
    await then.snapshotGoes(second);
    await then.jobsComplete(job);
    await then.storeHolds(volume, await then.oneBackupEachTick(job));

    const size = 32 * mebibyte;
    const other = await given.volume({ size, snapshots: { maxSize: 2 * size } });
    const data = { offset: 0, size: 24 * mebibyte };
    await given.data(other, data);
    const old = await given.snapshot(other);
    await given.data(other, data);
    await given.snapshot(other);
    await given.data(other, data);
    await when.snapshotWanted(other);
    const large = await then.snapshotRefused(other, 'size');
    await when.snapshotDeleted(old);
    await then.snapshotGoes(old);
    await then.snapshotTakenAfterAll(large);
  },
);

// From Longhorn's page "Volume Conditions". Before v1.12 the threshold is 100, for each volume.
scenario(
  'A volume says that it has too many snapshots as long as it has as many as it may have',
  { tags: ['snapshots'], needs: ['block-device'], longhorn: '>=1.12.0', proves: ['N8'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ snapshots: { maxCount: 2 } });
    await given.data(volume);
    const older = await given.snapshot(volume);
    await given.snapshot(volume);
    await then.manySnapshotsSaid(volume);
    await when.snapshotDeleted(older);
    await then.snapshotGoes(older);
    await then.manySnapshotsSaid(volume, false);
  },
);
