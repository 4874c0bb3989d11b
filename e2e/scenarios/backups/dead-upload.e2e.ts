import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A backup whose replica dies during the upload fails with the reason, and the next backup is whole',
  {
    tags: ['backups', 'slow'],
    // A slow store keeps the upload going until its replica is killed.
    needs: ['block-device', 'serverSlow'],
    disruptions: ['store-stall', 'replica-kill'],
    proves: ['C32'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const { volume, backup: first } = await backedUpVolume(given, { size });
    const data = await given.data(volume, large);
    const snapshot = await given.snapshot(volume);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const second = await when.backedUp(snapshot);
    await then.uploading(second);
    const killed = await when.uploaderKilled(second);
    await then.inForce(killed);
    await then.creationFails(second, 'upload-lost');
    await then.metered(second);
    await when.released(slow);
    await then.healthyAgain(volume, { since: second });

    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true, afterKill: true });
    await then.restores(third, [data]);

    // This also removes the files that the failed backup left.
    await when.deleted(second);
    await then.goneInTheEnd(second);
    await then.storeHolds(volume, [first, third], { afterKill: true });
  },
);

scenario(
  'A backup whose instance manager dies during the upload fails with the reason, and the next backup is whole',
  {
    tags: ['backups', 'manager-kill', 'slow'],
    // Elsewhere an instance manager has the engines and replicas of others.
    needs: ['lab', 'block-device', 'serverSlow'],
    exclusive: ['longhorn-managers'],
    disruptions: ['store-stall', 'manager-kill'],
    proves: ['C11'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const { volume, backup: first } = await backedUpVolume(given, { size });
    const data = await given.data(volume, large);
    const snapshot = await given.snapshot(volume);
    await given.exclusive('longhorn-managers');
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const second = await when.backedUp(snapshot);
    await then.uploading(second);
    const killed = await when.uploaderPodKilled(second);
    await then.inForce(killed);
    await then.creationFails(second, 'upload-lost-with-pod');
    await when.released(killed);
    await when.released(slow);
    await then.healthy(volume);
    await when.shared();

    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true, afterKill: true });
    await then.restores(third, [data]);

    await when.deleted(second);
    await then.goneInTheEnd(second);
    await then.storeHolds(volume, [first, third], { afterKill: true });
  },
);

scenario(
  'A backup whose node loses its power during the upload ends all the same, and the next backup is whole',
  {
    tags: ['backups', 'slow'],
    needs: ['lab', 'block-device', 'serverSlow'],
    // Also scenarios that wait for their turn have volumes and stores on the node.
    exclusive: ['nodes', 'all-volumes'],
    disruptions: ['store-stall', 'node-fault'],
    proves: ['C11'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    await given.exclusive('nodes', 'all-volumes');
    const { volume, backup: first } = await backedUpVolume(given, { size });
    const data = await given.data(volume, large);
    const snapshot = await given.snapshot(volume);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const second = await when.backedUp(snapshot);
    await then.uploading(second);
    const crashed = await when.uploaderNodeCrashed(second);
    await then.inForce(crashed);
    await when.released(slow);
    await then.nodeLost(crashed);
    await when.released(crashed);
    await then.healthy(volume);
    const made = await then.endsInAnyCase(second);

    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, ...made, third], { ignoreOthers: true, afterKill: true });
    for (const backup of [...made, third]) await then.restores(backup, [data]);

    await when.deleted(second);
    await then.goneInTheEnd(second);
    await then.storeHolds(volume, [first, third], { afterKill: true });
  },
);
