import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Create a Snapshot", and from longhorn/longhorn#2187.
scenario(
  'A backup that is made while a workload writes has what the workload had at one time, all that was synced before included',
  {
    tags: ['claims', 'restores', 'slow'],
    needs: ['block-device'],
    disruptions: ['claims'],
    proves: ['C18'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 1 });
    const records = await when.recordsWritten(set);
    const backups = [];
    for (const { volume } of set.pods) backups.push(await given.settledBackup(volume));

    await when.statefulSetLost(set);
    await when.restoredUnderOldNames(...backups);
    await when.claimedByHand(set);
    await when.statefulSetMadeAgain(set);
    await then.recordsInOrder(records);
    await then.podsHaveFiles(set);
  },
);
