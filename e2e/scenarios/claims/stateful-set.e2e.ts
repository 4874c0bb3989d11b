import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Restore Volume Recurring Jobs and StatefulSets", and from what users do after a loss.
scenario(
  'A StatefulSet runs again on volumes that are restored under their old names, and has its files',
  {
    tags: ['claims', 'restores', 'slow'],
    needs: ['block-device'],
    disruptions: ['claims'],
    proves: ['R8', 'R35', 'R47'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 2 });
    const backups = [];
    for (const { volume } of set.pods) backups.push(await given.settledBackup(volume));

    await when.statefulSetLost(set);
    await when.restoredUnderOldNames(...backups);
    await when.claimedByHand(set);
    await when.statefulSetMadeAgain(set);
    await then.podsHaveFiles(set);
  },
);
