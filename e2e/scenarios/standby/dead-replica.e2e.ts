import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A standby volume whose replica or engine dies gets it back, and follows on',
  {
    tags: ['standby', 'manager-kill', 'slow'],
    // Elsewhere an instance manager has the engines and replicas of others.
    needs: ['lab', 'block-device'],
    exclusive: ['longhorn-managers'],
    disruptions: ['replica-kill', 'manager-kill'],
    proves: ['DR16'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: 4 * littleData.data.size });
    const { size } = littleData.data;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    await given.exclusive('longhorn-managers');
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    await then.healthy(standby);
    data.push(await given.data(volume, { offset: size, size }));
    const second = await given.settledBackup(volume);
    await then.follows(standby, second);

    const replica = await when.replicaKilled(standby);
    await then.inForce(replica);
    data.push(await given.data(volume, { offset: 2 * size, size }));
    const third = await given.settledBackup(volume);
    await then.follows(standby, third);
    await then.healthyAgain(standby, { since: second });

    const engine = await when.followerPodKilled(standby);
    await then.inForce(engine);
    await when.released(engine);
    for (const each of [volume, standby]) await then.healthy(each);
    data.push(await given.data(volume, { offset: 3 * size, size }));
    const fourth = await given.settledBackup(volume);
    await then.followsInTheEnd(standby, fourth);

    await when.activated(standby);
    await then.restoredInTheEnd(standby, data);
    await then.storeHolds(volume, [first, second, third, fourth], { afterKill: true });
  },
);

// A recurring job that retains some backups deletes that one after a while.
scenario(
  'A standby volume whose engine dies goes on, although the backup that it was made from is gone',
  {
    tags: ['standby', 'manager-kill', 'slow'],
    // Elsewhere an instance manager has the engines and replicas of others.
    needs: ['lab', 'block-device'],
    exclusive: ['longhorn-managers'],
    disruptions: ['manager-kill'],
    proves: ['DR16'],
  },
  async ({ given, when, then }) => {
    const { size } = littleData.data;
    const { volume, data, backup: first } = await backedUpVolume(given, {}, { offset: 0, size });
    await given.exclusive('longhorn-managers');
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    data.push(await given.data(volume, { offset: size, size }));
    await then.follows(standby, await given.settledBackup(volume));
    await then.healthy(standby);
    await when.deleted(first);
    await then.deleted(first);

    const engine = await when.followerPodKilled(standby);
    await then.inForce(engine);
    await when.released(engine);
    await then.healthy(volume);
    data.push(await given.data(volume, { offset: 2 * size, size }));
    const third = await given.settledBackup(volume);
    await then.orKnownBug('standby-stops-without-its-backup', () =>
      then.followsWithoutOrigin(standby, third),
    );
    await when.activated(standby);
    await then.restoredInTheEnd({ ...standby, backup: third }, data);
  },
);

// An ordinary volume is salvaged then.
scenario(
  'A standby volume whose only replica dies goes on with the data that it has',
  { tags: ['standby', 'slow'], needs: ['block-device'], disruptions: ['replica-kill'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const { size } = littleData.data;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    const standby = await when.standbyMade(first, { replicas: 1 });
    await then.follows(standby, first);

    const killed = await when.replicaKilled(standby);
    await then.inForce(killed);
    data.push(await given.data(volume, { offset: size, size }));
    const second = await given.settledBackup(volume);
    const comesBack = () => then.comesBack(standby, second);
    if (!(await then.orKnownBug('crashed-standby-stays-faulted', comesBack))) return;
    await when.activated(standby);
    await then.restoredInTheEnd(standby, data);
  },
);
