import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  "A stream of Longhorn's API sends nothing while nothing changes, and then what has changed",
  { tags: ['ui', 'backups', 'slow'], proves: ['U19'] },
  async ({ given, when, then }) => {
    const { volume, backup } = await backedUpVolume(given);
    const streams = await given.streams(backup);
    await then.streamsQuiet(streams);
    const second = await when.backedUp(await given.snapshot(volume));
    await then.streamTells(streams, second);
    await then.completed(second);
    await then.storeHolds(volume, [backup, second]);
  },
);
