import { scenario } from '../../suite/scenario.ts';

scenario(
  'A backup is made while another one of its volume is restored, and both are whole',
  {
    tags: ['restores', 'upload', 'slow'],
    needs: ['block-device', 'serverSlow'],
    disruptions: ['store-stall'],
    proves: ['C13'],
  },
  async ({ given, when, then, data: { volume: size, large, small } }) => {
    const volume = await given.volume({ size });
    const data = await given.data(volume, { ...large, size: small.offset });
    const first = await given.settledBackup(volume);
    const more = await given.data(volume, small);
    const snapshot = await given.snapshot(volume);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const restore = await when.restored(first);
    await then.restoring(restore);
    const second = await when.backedUp(snapshot);
    await then.uploading(second);
    await when.released(slow);
    await then.madeBeside(second, { restore });
    await then.restored(restore, [data]);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, [data, more]);
  },
);
