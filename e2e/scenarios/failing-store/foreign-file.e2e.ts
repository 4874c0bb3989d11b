import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'Files of others in a store hide no backup, and keep no deletion from removing blocks',
  {
    tags: ['failing-store', 'slow'],
    needs: ['foreignFile', 'block-device'],
    proves: ['L17'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    // Overwrites the data of the first backup, so that the first has blocks that the second lacks.
    const data = await given.data(volume);
    const second = await given.settledBackup(volume);
    const ofVolume = [
      await given.foreignFile({ of: volume, folder: 'backups' }),
      await given.foreignFile({ of: volume, folder: 'blocks' }),
    ];
    for (const file of ofVolume) await then.inForce(file);
    await when.deleted(first);
    await then.deletionTried(first);
    for (const file of ofVolume) {
      await then.inForce(file);
      await when.released(file);
    }
    await then.goneInTheEnd(first);
    await then.orKnownBug('foreign-file-stops-store', () => then.storeHolds(volume, [second]));
    await then.restores(second, [data]);

    const ofStore = await given.foreignFile({ of: 'the store' });
    await then.inForce(ofStore);
    const { target } = volume;
    const foreign = await given.foreignBackup(target, { size: littleData.data.size });
    await when.storeLookedInto(target);
    await then.orKnownBug('foreign-file-stops-store', () => then.onTarget(foreign.backup));
    await then.known(second);
    await when.released(ofStore);
    await then.storeListed(await when.storeLookedInto(target));
    await then.known(foreign.backup);
    await then.storeHolds(foreign.volume, [foreign.backup]);
    await then.restores(foreign.backup, [foreign.data]);
  },
);
