import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup volume that is deleted goes with all its backups, and the next backup is whole',
  { tags: ['backup-deletion'], proves: ['D9', 'D10'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);

    await when.backupVolumeDeleted(volume);
    await then.storeHolds(volume, []);
    for (const backup of [first, second]) {
      const goes = () => then.goesWithBackupVolume(backup);
      if (!(await then.orKnownBug('backup-outlives-its-backup-volume', goes, { race: true })))
        await when.deleted(backup);
      await then.goneInTheEnd(backup);
    }
    await then.noLastBackup(volume);

    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [third]);
    await then.lastBackup(third);
    await then.restores(third, data);
  },
);

// Not derived from a document: a soak on a real Longhorn found it, where backups were made in quick succession.
scenario(
  'A backup volume that is deleted goes with all its backups, although they could not be listed while they were made',
  { tags: ['backup-deletion', 'failing-store'], needs: ['wrongAnswers'], proves: ['D9'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    // Longhorn then cannot sync the backup volume until the third one is the last.
    const unlisted = await given.wrongAnswers('silence', {
      to: 'list',
      below: { of: volume, folder: 'backups' },
    });
    const second = await given.backup(await given.snapshot(volume));
    const third = await given.backup(await given.snapshot(volume));
    await then.inForce(unlisted);
    await when.released(unlisted);
    await when.backupVolumeSynced(volume);
    await then.lastBackup(third);

    await when.backupVolumeDeleted(volume);
    await then.storeHolds(volume, []);
    for (const backup of [second, first, third]) {
      const goes = () => then.goesWithBackupVolume(backup);
      // Any other meets the bug only if Longhorn's update of its owner has a conflict.
      const race = backup !== second;
      if (!(await then.orKnownBug('backup-outlives-its-backup-volume', goes, { race })))
        await when.deleted(backup);
      await then.goneInTheEnd(backup);
    }
  },
);

// Not derived from a document. By Longhorn's source, both deletions may run at once, and that of a backup writes last.
scenario(
  'A backup volume that is deleted stays away, although one of its backups was being deleted',
  {
    tags: ['backup-deletion', 'failing-store', 'slow'],
    needs: ['wrongAnswers'],
    proves: ['D9'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    await given.data(volume, { ...littleData.data, offset: littleData.data.size });
    const second = await given.settledBackup(volume);
    // The deletion of the second one reads it, to know which blocks are in use. That of the backup volume does not.
    const silent = await given.wrongAnswers('silence', { to: 'read', below: { configOf: first } });
    await then.inForce(silent);

    await when.deleted(second);
    await then.deletionUnanswered(second, silent);
    await when.backupVolumeDeleted(volume);
    await when.released(silent);
    await then.goneInTheEnd(second);
    await when.pollIntervalSet(volume.target, '10s');
    if (await then.orKnownBug('deletion-brings-backup-volume-back', () => then.backupVolumeStaysAway(volume)))
      return;
    await when.backupVolumeDeleted(volume);
    await then.storeHolds(volume, []);
  },
);
