import { heldUpload } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';

const rounds = 8;

// From longhorn/longhorn#3484: managers ended over backups whose engines were removed.
scenario(
  'No longhorn-manager ends over backups whose volumes are deleted and whose replicas are killed, again and again',
  {
    tags: ['backups', 'slow'],
    // A store that does not answer keeps each upload going.
    needs: ['wrongAnswers', 'block-device'],
    disruptions: ['replica-kill'],
    longhorn: '>=1.10.0',
    proves: ['C6'],
  },
  async ({ given, when, then }) => {
    for (let round = 1; round <= rounds; round++) {
      const volume = await given.volume();
      await given.data(volume);
      const snapshot = await given.snapshot(volume);
      const { silent, backup } = await heldUpload({ given, when, then }, snapshot);
      if (round % 2 === 0) await then.inForce(await when.uploaderKilled(backup));
      await when.attachedVolumeDeleted(volume);
      await then.ends(backup, { mayFail: true });
      await when.released(silent);
    }
    await then.managersLive();

    const volume = await given.volume();
    const data = await given.data(volume);
    const backup = await given.settledBackup(volume);
    await then.storeHolds(volume, [backup]);
    await then.restores(backup, [data]);
  },
);
