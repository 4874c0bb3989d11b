import { scenario } from '../../suite/scenario.ts';

scenario(
  'A backup has what a workload has written without a sync, and names that workload, which its restore remembers',
  {
    tags: ['claims', 'csi-snapshots', 'restores', 'slow'],
    needs: ['block-device', 'volume-snapshots'],
    disruptions: ['claims', 'volume-snapshots'],
    proves: ['C8', 'C18', 'R48'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 1 });
    const byBak = await given.snapshotClass({ type: 'bak' });
    await then.workloadKnown(set);

    const written = await when.filesWritten(set);
    const backups = [];
    for (const { claim: name, volume } of set.pods) {
      const snapshot = await when.volumeSnapshotMade({ name, volume }, byBak);
      const backup = await then.handleNamesBackup(snapshot);
      await then.readyWithBackup(snapshot, backup);
      await then.known(backup);
      await then.namesWorkload(backup, set);
      await then.remembersWorkload(await when.restored(backup, { replicas: 1 }), set);
      backups.push(backup);
    }

    await when.statefulSetLost(set);
    await when.restoredUnderOldNames(...backups);
    await when.claimedByHand(set);
    await when.statefulSetMadeAgain(set);
    await then.podsHaveFiles(written);
  },
);
