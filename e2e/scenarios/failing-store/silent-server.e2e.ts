import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

// Longhorn's mount gives an upload up after 90 s without an answer (timeo=300, two retries), and a listing takes 60 s
// to time out. This mount waits for 6 min.
const patientMount = 'nfsvers=4.2,actimeo=1,soft,timeo=1200,retry=2';

scenario(
  'A store whose server does not answer is reported as unavailable, and an upload whose mount waits for it goes on',
  {
    tags: ['failing-store', 'upload', 'slow'],
    needs: ['block-device', 'serverGone'],
    disruptions: ['store-stall'],
    proves: ['C29'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    await given.firstTarget({ nfsOptions: patientMount });
    const { volume, backup: first } = await backedUpVolume(given, { size });
    const data = await given.data(volume, large);
    const second = await when.backedUp(await given.snapshot(volume));
    await then.uploading(second);

    const gone = await given.serverGone();
    await then.inForce(gone);
    await when.storeLookedInto();
    await then.targetReports('timeout executing');
    await then.known(first);
    await then.inForce(gone);

    await when.released(gone);
    await then.completed(second);
    await when.storeLookedInto();
    await then.targetAvailable();
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, [data]);
  },
);
