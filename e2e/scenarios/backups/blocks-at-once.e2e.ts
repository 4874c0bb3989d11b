import { scenario } from '../../suite/scenario.ts';

// By themselves, both settings say 2. Longhorn has had the time to begin with more blocks when it has taken a snapshot.
scenario(
  'As many blocks of a backup are uploaded at once, and restored at once, as the settings say',
  {
    tags: ['backups', 'restores', 'held', 'slow'],
    // On other clusters, the settings would change the load of others.
    needs: ['lab', 'block-device', 'wrongAnswers'],
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['C30', 'R26'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const snapshot = await given.snapshot(volume);
    await given.exclusive('cluster-settings');
    const blocks = { of: volume, folder: 'blocks' } as const;
    const uploading = await given.setting('four blocks of a backup are uploaded at once');
    const unwritten = await given.wrongAnswers('silence', { to: 'write', below: blocks });
    const backup = await when.backedUp(snapshot);
    await then.heldAtOnce(unwritten, 4);
    await given.snapshot(volume);
    await then.heldAtOnce(unwritten, 4);
    await when.released(unwritten);
    await when.released(uploading);
    await then.completed(backup);

    const restoring = await given.setting('three blocks of a backup are restored at once');
    const unread = await given.wrongAnswers('silence', { to: 'read', below: blocks });
    const restore = await when.restored(backup, { replicas: 1 });
    await then.heldAtOnce(unread, 3);
    await given.snapshot(volume);
    await then.heldAtOnce(unread, 3);
    await when.released(unread);
    await when.released(restoring);
    await then.restored(restore, [data]);
  },
);
