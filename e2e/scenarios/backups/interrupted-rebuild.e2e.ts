import { scenario } from '../../suite/scenario.ts';

// Each run of a recurring job makes a snapshot, and deletes an older one. Longhorn copies one of them each 3 s or slower.
scenario(
  'A snapshot can be deleted after a replica was rebuilt while its longhorn-manager was replaced',
  {
    tags: ['snapshots', 'manager-kill', 'slow'],
    needs: ['lab', 'block-device'],
    // Before, the replica was never made healthy.
    longhorn: '>=1.12.0',
    exclusive: ['longhorn-managers'],
    disruptions: ['replica-kill', 'manager-kill'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const oldest = await given.snapshot(volume);
    for (let made = 1; made < 6; made++) await given.snapshot(volume);
    await given.exclusive('longhorn-managers');

    const replica = await when.replicaKilled(volume);
    await then.inForce(replica);
    const manager = await when.rebuilderKilled(volume);
    await then.inForce(manager);
    await when.released(manager);
    await then.healthy(volume);
    await when.snapshotDeleted(oldest);
    await then.orKnownBug('verified-rebuild-keeps-snapshots', () => then.snapshotGoes(oldest));
    // A snapshot that is being deleted keeps its volume attached.
    await when.attachedVolumeDeleted(volume);
  },
);
