import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup target whose Secret is emptied or deleted reports that, and is used again once the Secret is back',
  { tags: ['backup-targets', 'slow'], needs: ['secretLost'], proves: ['T31'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const { target } = volume;
    // The first sync may still see the Secret as it was.
    await when.pollIntervalSet(target, '15s');

    const emptied = await given.secretLost('emptied');
    await then.inForce(emptied);
    await when.storeLookedInto();
    await then.targetReports('AWS_SECRET_ACCESS_KEY');
    await when.released(emptied);
    await when.storeLookedInto();
    await then.targetAvailable();

    const missing = await given.secretLost('missing');
    await then.inForce(missing);
    await when.storeLookedInto();
    await then.orKnownBug('missing-secret-not-reported', () => then.missingSecretReported(target));
    await when.released(missing);
    await then.storeListed(await when.storeLookedInto());
    await then.known(first);

    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, data);
  },
);

scenario(
  'A store whose certificate Longhorn does not trust is reported, and is used once the Secret has its authority',
  { tags: ['backup-targets'], needs: ['secretLost'], proves: ['T19'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    await when.pollIntervalSet(volume.target, '15s');

    const untrusting = await given.secretLost('untrusting');
    await then.inForce(untrusting);
    await when.storeLookedInto();
    await then.targetReports('x509: certificate signed by unknown authority');
    await then.known(first);
    await when.released(untrusting);
    await then.storeListed(await when.storeLookedInto());
    await then.targetAvailable();
    await then.restores(first, data);
  },
);
