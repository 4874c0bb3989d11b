import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

scenario(
  'A standby volume is made from a backup of CSI, and follows those that CSI makes later',
  {
    tags: ['standby', 'csi-snapshots', 'slow'],
    needs: ['volume-snapshots', 'block-device'],
    disruptions: ['volume-snapshots'],
    proves: ['DR23'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });
    const made = await when.volumeSnapshotMade(claim, byBak);
    const first = await then.handleNamesBackup(made);
    await then.readyWithBackup(made, first);
    await then.known(first);
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);

    data.push(await given.data(volume, { offset: size, size }));
    const later = await when.volumeSnapshotMade(claim, byBak);
    const second = await then.handleNamesBackup(later);
    await then.readyWithBackup(later, second);
    await then.follows(standby, second);
    await when.activated(standby);
    await then.activated(standby, data);
  },
);
