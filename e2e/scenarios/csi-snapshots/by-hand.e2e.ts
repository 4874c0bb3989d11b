import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const about: ScenarioOptions = {
  tags: ['csi-snapshots', 'restores', 'slow'],
  needs: ['volume-snapshots', 'block-device'],
  disruptions: ['volume-snapshots'],
};

const { size } = littleData.data;

scenario(
  'A VolumeSnapshotContent with the name of a backup that does not exist is not ready to use, and says why',
  { ...about, proves: ['V10'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const backup = await given.settledBackup(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });

    const snapshot = await when.contentMadeByHand(backup, byBak, { isWrong: true });
    await then.orKnownBug('volumesnapshot-of-no-backup-is-ready', () => then.notReady(snapshot));
  },
);

scenario(
  'A claim gets the data of its VolumeSnapshot, be that made by a class or brought in by hand',
  { ...about, proves: ['V6', 'V7'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    const first = await given.settledBackup(volume);
    data.push(await given.data(volume, { offset: size, size }));
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });
    const made = await when.volumeSnapshotMade(claim, byBak);
    const second = await then.handleNamesBackup(made);
    await then.readyWithBackup(made, second);
    const byHand = await when.contentMadeByHand(first, byBak);

    await then.restored(await when.claimMadeFrom(byHand, first), data.slice(0, 1));
    await then.restored(await when.claimMadeFrom(made, second), data);
  },
);
