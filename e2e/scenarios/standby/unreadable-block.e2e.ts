import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Not derived from a document. By Longhorn's source, a replica that begins anew does not know what it has restored: it
// removes its file, and reads the whole backup again (longhorn-engine, pkg/replica/restore.go, OpenVolumeDev).
scenario(
  'A standby volume whose engine dies keeps the data that it has, although a block of its backup cannot be read then',
  {
    tags: ['standby', 'manager-kill', 'failing-store', 'slow'],
    // Elsewhere an instance manager has the engines and replicas of others.
    needs: ['lab', 'block-device', 'fileMissing'],
    exclusive: ['longhorn-managers'],
    disruptions: ['manager-kill'],
    timeout: '60m',
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const kept = await given.data(volume);
    const first = await given.settledBackup(volume);
    await given.exclusive('longhorn-managers');
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    await then.healthy(standby);
    await then.replicasHold(standby, kept);

    const lost = await given.fileMissing(await given.blockOf(first));
    await then.inForce(lost);
    const engine = await when.followerPodKilled(standby);
    await then.inForce(engine);
    await when.released(engine);
    await then.healthy(volume);
    const data = [kept, await given.data(volume, { ...littleData.data, offset: littleData.data.size })];
    const second = await given.settledBackup(volume);
    const goesOn = () => then.goesOnWithItsData(standby, { backup: second, data: kept });
    const hasKept = await then.orKnownBug('restarted-standby-loses-its-data', goesOn);
    await then.inForce(lost);

    await when.released(lost);
    const last = hasKept ? standby : await when.standbyMade(second, { another: true });
    await then.follows(last, second);
    await when.activated(last);
    await then.activated(last, data);
  },
);
