import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// A backup reads no block, so it can be made while a restore cannot read any. Longhorn tries to read a block for eight
// and a half minutes (backupstore, util.go), and each replica reports its failure (longhorn/longhorn#10105).
scenario(
  'A standby volume that cannot read its next backup reports that, and goes on once the store answers',
  {
    tags: ['standby', 'failing-store', 'slow'],
    timeout: '60m',
    needs: ['block-device', 'wrongAnswers'],
    proves: ['DR17'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const { size } = littleData.data;
    const kept = await given.data(volume, { offset: 0, size });
    const first = await given.settledBackup(volume);
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);

    const denied = await given.wrongAnswers('AccessDenied', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
    });
    const changed = await given.data(volume, { offset: size, size });
    const second = await given.settledBackup(volume);
    await then.failureReported(standby, 'restore-not-read');
    await then.inForce(denied);
    await when.released(denied);

    const goesOn = () => then.goesOn(standby, second);
    const wentOn = await then.orKnownBug('failed-standby-stays-faulted', goesOn);
    const last = wentOn ? standby : await when.standbyMade(second, { another: true });
    await then.follows(last, second);
    await when.activated(last);
    await then.activated(last, [kept, changed]);
    // Longhorn stops the replicas of a faulted volume. A replica that was still reading leaves its lock.
    await then.storeHolds(volume, [first, second], { afterKill: true });
  },
);
