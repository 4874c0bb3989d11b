import { holdBlocks } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';

// From Longhorn's manual tests of backups.
scenario(
  'A VolumeSnapshot whose CSI plugin ends in mid-backup has that one backup, and is ready in the end',
  {
    tags: ['csi-snapshots', 'manager-kill', 'held', 'slow'],
    needs: ['volume-snapshots', 'block-device', 'wrongAnswers'],
    exclusive: ['longhorn-managers'],
    disruptions: ['volume-snapshots', 'manager-kill'],
    proves: ['V12'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });
    await given.exclusive('longhorn-managers');
    const silent = await holdBlocks({ given, then }, volume);
    const snapshot = await when.volumeSnapshotMade(claim, byBak);
    const backup = await then.handleNamesBackup(snapshot);
    await then.uploading(backup);

    for (const killed of await when.csiPluginKilled(volume)) await when.released(killed);
    await when.released(silent);
    await then.readyWithBackup(snapshot, backup);
    await then.storeHolds(volume, [backup]);
    await then.restores(backup, [data]);
  },
);
