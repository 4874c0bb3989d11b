import { followedVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const about = {
  tags: ['system-backups', 'slow'],
  // Elsewhere the default backup target has a user, and all volumes would be backed up.
  needs: ['lab'],
  exclusive: ['default-backup-target', 'all-volumes'],
  disruptions: ['default-target'],
} as const satisfies Partial<ScenarioOptions>;

scenario(
  'A system backup backs up the volumes that its policy names, and no others',
  // Before, an outdated backup of a volume was enough.
  {
    ...about,
    needs: ['lab', 'block-device'],
    longhorn: '>=1.8.0',
    proves: ['S6', 'S7', 'S8'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const [fresh, unchanged, changed] = [await given.volume(), await given.volume(), await given.volume()];
    await given.data(fresh);
    await given.data(unchanged);
    const data = [await given.data(changed)];
    const ofUnchanged = await given.settledBackup(unchanged);
    const before = await given.settledBackup(changed);
    data.push(await given.data(changed, { offset: littleData.data.size, size: 2 * mebibyte }));

    const first = await when.systemBackedUp(target, {
      ...{ label: 'the first system backup', volumes: 'disabled' },
    });
    await then.systemBackupReady(first);
    await then.volumeLeftOut(first, fresh, 'the volume without a backup');
    await then.volumeLeftOut(first, changed, 'the volume that was changed since its backup');

    const second = await when.systemBackedUp(target, {
      ...{ label: 'the second system backup', volumes: 'if-not-present' },
    });
    await then.systemBackupReady(second);
    await then.volumeBackedUp(second, fresh, 'the volume without a backup');
    await then.volumeLeftOut(second, unchanged, 'the unchanged volume');
    const ofChanged = await then.volumeBackedUp(
      second,
      changed,
      'the volume that was changed since its backup',
    );

    const third = await when.systemBackedUp(target, {
      ...{ label: 'the third system backup', volumes: 'always' },
    });
    await then.systemBackupReady(third);
    await then.volumeBackedUp(third, fresh, 'the volume that had no backup');
    const again = await then.volumeBackedUp(third, unchanged, 'the unchanged volume');
    const last = await then.volumeBackedUp(third, changed, 'the volume that was changed before');
    await then.storeHolds(unchanged, [ofUnchanged, ...again]);
    await then.storeHolds(changed, [before, ...ofChanged, ...last]);
    for (const each of ofChanged) await then.restores(each, data);
  },
);

scenario(
  'A system backup backs up a volume that was reverted to a snapshot after its last backup',
  { ...about, needs: ['lab', 'block-device'], longhorn: '>=1.8.0', proves: ['S6'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume();
    const data = await given.data(volume);
    const snapshot = await given.snapshot(volume);
    await given.data(volume);
    const before = await given.settledBackup(volume);
    await when.reverted(snapshot);

    const systemBackup = await when.systemBackedUp(target, {
      ...{ label: 'the system backup', volumes: 'if-not-present' },
    });
    await then.systemBackupReady(systemBackup);
    const made: BackupHandle[] = [];
    await then.orKnownBug('reverted-volume-is-not-backed-up', async () => {
      made.push(...(await then.volumeBackedUp(systemBackup, volume, 'the reverted volume')));
    });
    await then.storeHolds(volume, [before, ...made]);
    for (const each of made) await then.restores(each, [data]);
  },
);

scenario(
  'A system backup backs up the source of a standby volume, and leaves that alone, which follows on',
  { ...about, needs: ['lab', 'block-device'], longhorn: '>=1.8.0', proves: ['DR29'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const { volume, data, standby } = await followedVolume({ given, when, then });
    data.push(await given.data(volume, { offset: littleData.data.size, size: 2 * mebibyte }));

    const systemBackup = await when.systemBackedUp(target, {
      ...{ label: 'the system backup', volumes: 'always' },
    });
    await then.systemBackupReady(systemBackup);
    await then.standbyLeftAlone(systemBackup, standby);
    const made = await then.volumeBackedUp(systemBackup, volume, 'its source');
    for (const each of made) await then.follows(standby, each);
    await when.activated(standby);
    await then.activated(standby, data);
  },
);

scenario(
  'A system backup fails with the backup of a volume, and says so',
  { ...about, needs: ['lab', 'wrongAnswers'], proves: ['S28'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume();
    await given.data(volume);
    const unwritable = await given.wrongAnswers('AccessDenied', { to: 'write' });
    await then.inForce(unwritable);

    const systemBackup = await when.systemBackedUp(target, {
      ...{ label: 'the system backup', volumes: 'always' },
    });
    const failed = await then.systemBackupFailsWithVolume(systemBackup, volume);
    await then.creationFails(failed, 'creation-denied');
    await when.released(unwritable);
    await then.storeHoldsSystemBackups(target, []);
  },
);

scenario(
  'A system backup of which the backup of a volume is deleted fails',
  { ...about, proves: ['S28'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume();
    await given.data(volume);
    await given.settledBackup(volume);
    await given.data(volume);

    const systemBackup = await when.systemBackedUp(target, {
      ...{ label: 'the system backup', volumes: 'always' },
    });
    const backup = await when.itsBackupDeleted(systemBackup, volume);
    await then.goneInTheEnd(backup);
    await then.orKnownBug('system-backup-waits-for-deleted-backup', () =>
      then.systemBackupEndsWithoutIt(systemBackup),
    );
  },
);
