import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Create a Snapshot".
scenario(
  'The file system of a volume that asks for it is frozen for a snapshot, and thawed after it',
  {
    tags: ['claims', 'snapshots', 'slow'],
    needs: ['block-device'],
    disruptions: ['claims'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 1 });
    for (const { volume } of set.pods) {
      await when.freezingSet(volume, 'disabled');
      const first = await given.settledBackup(volume);
      await then.frozenForSnapshot(first, { isFrozen: false });

      await when.freezingSet(volume, 'enabled');
      const snapshot = await given.snapshot(volume);
      await then.thawed(volume);
      const second = await given.backup(snapshot);
      await then.frozenForSnapshot(second, { isFrozen: true });
      await when.filesWritten(set);
    }
  },
);
