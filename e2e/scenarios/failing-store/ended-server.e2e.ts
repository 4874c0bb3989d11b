import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

// Longhorn's own options, with the oldest of its versions: 4.1 and 4.2 send as many requests at a time as the server has
// slots, and the server of the suite has one (lab/README.md), so that each would be given up after the one before.
const nfsOptions = 'nfsvers=4.0,actimeo=1,soft,timeo=300,retry=2';

scenario(
  'A backup whose store is lost during the upload fails with the reason in bounded time, and the next backup is whole',
  {
    tags: ['failing-store', 'upload', 'slow'],
    timeout: '60m',
    needs: ['block-device', 'serverEnded'],
    disruptions: ['store-stall'],
    proves: ['T25'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    await given.firstTarget({ nfsOptions });
    const { volume, backup: first } = await backedUpVolume(given, { size });
    const data = await given.data(volume, large);
    const second = await when.backedUp(await given.snapshot(volume));
    await then.uploading(second);

    const ended = await given.serverEnded();
    await then.inForce(ended);
    await then.creationFails(second, 'creation-without-store');
    await then.inForce(ended);
    await when.released(ended);

    await then.storeListed(await when.storeLookedInto());
    await then.known(first);
    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true, afterKill: true });
    await then.restores(third, [data]);

    await when.deleted(second);
    await then.goneInTheEnd(second);
    await then.storeHolds(volume, [first, third], { afterKill: true });
  },
);
