import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Volume Encryption". Versions before v1.12 do not say in the store that a volume is encrypted.
scenario(
  'An encrypted volume is encrypted in the backup store, and its files are read after a restore, and on standby too',
  {
    tags: ['claims', 'restores', 'standby', 'slow'],
    needs: ['lab', 'block-device'],
    disruptions: ['claims'],
    longhorn: '>=1.12.0',
    proves: ['R36', 'R38', 'DR25'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 1, encrypted: true });
    for (const { volume } of set.pods) {
      const first = await given.settledBackup(volume);
      await then.encryptedInStore(set, first);
      await then.headerIsExtra(set);
      const standby = await when.standbyMade(first);
      await then.follows(standby, first);

      const written = await when.filesWritten(set);
      const second = await given.settledBackup(volume);
      await then.follows(standby, second);
      await when.statefulSetLost(set);
      const onStandby = await when.standbyTakesPlace(standby, written);
      await when.claimedByHand(onStandby);
      await when.statefulSetMadeAgain(onStandby);
      await then.headerIsExtra(onStandby);
      await then.podsHaveFiles(onStandby);

      await when.statefulSetLost(onStandby);
      await when.restoredUnderOldNames(second);
      await when.claimedByHand(set);
      await when.statefulSetMadeAgain(set);
      await then.podsHaveFiles(set);
      await then.podsHaveFiles(written);
    }
  },
);
