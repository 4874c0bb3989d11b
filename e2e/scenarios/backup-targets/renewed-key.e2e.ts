import { scenario } from '../../suite/scenario.ts';

// Not derived from a document: keys expire and are renewed at any time. The server of this scenario is the one
// without TLS.
scenario(
  'A key that expires during an upload fails that backup alone, and backups continue with a new key',
  {
    tags: ['backup-targets', 'failing-store', 'slow'],
    needs: ['keyReplaced'],
    proves: ['L19', 'T32'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const volume = await given.volume({ size });
    const before = await given.data(volume);
    const first = await given.settledBackup(volume);
    const data = await given.data(volume, large);
    const second = await when.backedUp(await given.snapshot(volume));
    await then.uploading(second);

    const replaced = await given.keyReplaced();
    await then.inForce(replaced);
    await then.creationFails(second, 'creation-denied');
    const sync = await when.storeLookedInto();
    await then.targetReports('AccessDenied');
    await then.staysKnown(first, sync);

    await when.keyRenewed(replaced);
    await when.storeLookedInto();
    await then.targetAvailable();
    await then.inForce(replaced);
    const third = await given.settledBackup(volume);
    // The upload with the expired key could not remove its lock either.
    await then.storeHolds(volume, [first, third], { ignoreOthers: true, afterKill: true });
    await then.restores(first, [before]);
    await then.restores(third, [data]);
  },
);
