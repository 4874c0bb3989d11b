import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const { volume: size, data } = littleData;
const later = { ...data, offset: data.size };

scenario(
  "A backup holds its snapshot's data, whatever becomes of the volume and of its snapshots",
  {
    tags: ['backups'],
    needs: ['block-device'],
    proves: ['C1', 'C20', 'C21', 'N1', 'N6', 'N14'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size });
    const before = await given.data(volume, data);
    const older = await given.snapshot(volume);
    const between = await given.data(volume, data);
    const newer = await given.snapshot(volume);
    const after = await given.data(volume, later);

    const first = await given.backup(newer);
    const second = await given.backup(older);
    const newest = await given.snapshot(volume);
    await when.snapshotRemoved(first);
    const third = await given.backup(newest);
    await then.storeHolds(volume, [first, second, third]);
    await then.restores(first, [between]);
    await then.restores(second, [before]);
    await then.restores(third, [between, after]);
  },
);

scenario(
  'A backup has the time of its snapshot, whenever it is made',
  { tags: ['backups'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size });
    await given.data(volume, data);
    const older = await given.snapshot(volume);
    await given.data(volume, later);
    await given.settledBackup(volume);
    const second = await when.backedUp(older);
    await then.completed(second);
    await then.orKnownBug('backup-has-time-of-its-upload', () => then.hasTimeOfSnapshot(second));
  },
);

scenario(
  'The metrics report each backup by its state and size, and the time of the last one',
  {
    tags: ['backups'],
    needs: ['block-device'],
    longhorn: '>=1.11.0',
    proves: ['C32', 'C33'],
  },
  async ({ given, then }) => {
    const { volume, backup: first } = await backedUpVolume(given, { size }, data);
    await then.metered(first);
    await then.lastBackupMetered(first);
    await given.data(volume, later);
    const second = await given.settledBackup(volume);
    await then.metered(first);
    await then.metered(second);
    await then.lastBackupMetered(second);
  },
);

const labels = { 'made-by': 'corral', reason: 'a label of a user' };

scenario(
  'A backup names its source, and reports what it has sent',
  {
    tags: ['backups'],
    needs: ['block-device'],
    // Earlier versions also require the label of the target.
    longhorn: '>=1.9.0',
    proves: ['C3', 'C7', 'C9', 'C23', 'C24', 'C25', 'D17', 'I1', 'I2', 'I3', 'I7', 'L13'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size });
    await given.data(volume, { offset: 0, size: 2 * mebibyte });
    const rest = await given.data(volume, { offset: 2 * mebibyte, size: data.size - 2 * mebibyte });
    const first = await given.settledBackup(volume);
    await then.sent(first, { new: 8, again: 0 });

    const little = await given.data(volume, { offset: 0, size: mebibyte });
    const second = await when.backedUp(await given.snapshot(volume), { documented: true, labels });
    await then.filledIn(second);
    await then.completed(second);
    await then.labelled(second, labels);
    await then.urlNames(second);
    await then.sent(second, { new: 1, again: 0 });
    await then.lastBackup(second);
    await then.storeHolds(volume, [first, second]);
    await then.backupVolumeReports(volume, { blocks: 9, labels });

    const third = await when.backedUp(await given.snapshot(volume), { mode: 'full' });
    await then.completed(third);
    await then.sent(third, { new: 0, again: 8 });
    await then.lastBackup(third);

    const copy = await given.copiedData(volume, rest, { to: 2 * data.size });
    const fourth = await given.settledBackup(volume);
    await then.sent(fourth, { new: 0, again: 0 });
    await then.storeHolds(volume, [first, second, third, fourth]);
    await then.restores(fourth, [little, rest, copy]);

    await when.deleted(fourth);
    await then.deleted(fourth);
    await then.lastBackup(third);
  },
);

scenario(
  'Backups are restored however they are compressed',
  { tags: ['backups', 'slow'], needs: ['block-device'], proves: ['I4'] },
  async ({ given, then }) => {
    for (const compression of ['none', 'lz4', 'gzip'] as const) {
      const volume = await given.volume({ size, compression });
      const written = await given.data(volume, data);
      const backup = await given.settledBackup(volume);
      await then.compressedBy(backup, compression);
      await then.storeHolds(volume, [backup]);
      await then.restores(backup, [written]);
    }
  },
);

// Not derived from a document: old snapshots of a recurring job were observed to stay while their volume was detached.
scenario(
  'A snapshot that is deleted while its volume is detached is removed',
  { tags: ['backups'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size });
    await given.data(volume, data);
    const older = await given.snapshot(volume);
    await given.data(volume, later);
    await given.snapshot(volume);

    await when.volumeDetached(volume);
    await when.snapshotDeleted(older);
    await then.orKnownBug('snapshot-stays-while-detached', () => then.snapshotGoes(older));
    await then.volumeDetached(volume);
  },
);
