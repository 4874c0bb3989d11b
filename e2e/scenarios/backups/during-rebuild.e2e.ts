import { heldUpload } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

scenario(
  'Backups that are made while a replica is rebuilt have all data of their snapshots',
  { tags: ['backups', 'held', 'slow'], needs: ['block-device', 'wrongAnswers'], proves: ['J39'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    const before = await given.snapshot(volume);
    const { silent, backup: first } = await heldUpload({ given, when, then }, before);

    // Returns when the rebuild has begun: a snapshot that is made before that may go (snapshot-of-rebuild-is-deleted).
    await when.replicaWanted(volume);
    data.push(await given.data(volume, { offset: size, size }));
    const meanwhile = await given.snapshot(volume);
    await then.rebuiltMeanwhile(volume, first);
    await when.released(silent);
    await then.completed(first);
    const second = await given.backup(meanwhile);
    await then.storeHolds(volume, [first, second]);
    await then.restores(first, data.slice(0, 1));
    await then.restores(second, data);
  },
);

scenario(
  'A snapshot that is made while the rebuild of a replica is prepared is kept',
  { tags: ['snapshots', 'backups'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    await when.rebuildPrepared(volume);
    const snapshot = await given.snapshot(volume);
    await then.healthy(volume);
    await then.orKnownBug('snapshot-of-rebuild-is-deleted', () => then.snapshotKept(snapshot));
  },
);

// The copying of a rebuild ends within the upload. The next snapshot lets Longhorn merge the one that it deletes.
scenario(
  'A backup that is begun while the rebuild of a replica is prepared has the data of its snapshot, or fails',
  { tags: ['snapshots', 'backups', 'held', 'slow'], needs: ['block-device', 'wrongAnswers'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    await given.settledBackup(volume);
    data.push(await given.data(volume, { offset: size, size }));
    await when.rebuildPrepared(volume);
    const snapshot = await given.snapshot(volume);
    const { silent, backup } = await heldUpload({ given, when, then }, snapshot);
    await given.data(volume, { offset: size, size });
    await then.healthy(volume);
    await given.snapshot(volume);
    const kept = await then.orKnownBug('snapshot-of-rebuild-is-deleted', () => then.snapshotKept(snapshot));
    if (!kept) await then.snapshotGoes(snapshot);
    await when.released(silent);
    if (await then.ends(backup, { mayFail: !kept }))
      await then.orKnownBug('snapshot-of-rebuild-is-deleted', () => then.restores(backup, data), {
        race: true,
      });
  },
);

// By the setting auto-cleanup-system-generated-snapshot, which is on. The newest one stays: the volume's head follows it.
scenario(
  'The snapshot that Longhorn has made for a rebuild goes by itself with the next rebuild',
  {
    tags: ['snapshots', 'slow'],
    needs: ['block-device'],
    disruptions: ['replica-kill'],
    proves: ['N4'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    await when.replicaWanted(volume);
    const first = await then.systemSnapshotMade(volume);
    await then.healthy(volume);
    data.push(await given.data(volume, { offset: size, size }));
    const killed = await when.replicaKilled(volume);
    await then.inForce(killed);
    await then.systemSnapshotMade(volume, first);
    await then.healthy(volume);
    await then.snapshotGoes(first);
    const backup = await given.settledBackup(volume);
    await then.restores(backup, data);
  },
);
