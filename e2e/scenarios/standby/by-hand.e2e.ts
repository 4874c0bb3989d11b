import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// From Longhorn's page "Disaster Recovery Volumes", for kubectl.
scenario(
  'A volume of which nothing is said but that it is on standby, and of which backup, follows its source',
  { tags: ['standby'], needs: ['block-device'], longhorn: '>=1.8.0', proves: ['DR26'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const { size } = littleData.data;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    const bare = await then.orKnownBug('bare-volume-is-rejected', () => then.bareStandbyAccepted(first));
    const standby = await when.bareStandbyMade(first, { bare });
    await then.follows(standby, first);
    data.push(await given.data(volume, { offset: size, size }));
    await then.follows(standby, await given.settledBackup(volume));
    await when.activated(standby);
    await then.activated(standby, data);
  },
);
