import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A store whose server does not answer is reported as unavailable, and an upload that stood still goes on',
  {
    tags: ['failing-store', 'upload'],
    timeout: '40m',
    needs: ['block-device', 'serverGone'],
    disruptions: ['store-stall'],
    proves: ['C29'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const volume = await given.volume({ size });
    await given.data(volume, littleData.data);
    const first = await given.settledBackup(volume);
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
