import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Not derived from a document: every user who moves to an object store goes through this once.
scenario(
  'Backups survive a change of their target to another kind of store and back',
  {
    tags: ['backup-targets', 'slow'],
    needs: ['two-stores', 'block-device'],
    proves: ['L18', 'R1', 'R3', 'R4', 'T7'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const { target } = volume;
    const home = target.store;
    const other = await given.store({ kind: 'another kind' });

    const sync = await when.targetChanged(target, { to: other });
    await then.removedFromCluster(first, sync);
    await then.storeListed(sync);
    await then.storeHolds(volume, [first], { inside: home });

    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await then.storeHolds(volume, [second]);
    await then.storeHolds(volume, [first], { inside: home });
    await then.restores(second, data);

    await then.removedFromCluster(second, await when.targetChanged(target, { to: home }));
    await then.known(first);
    await then.storeHolds(volume, [second], { inside: other });
    await then.storeHolds(volume, [first]);
    await then.restores(first, data.slice(0, 1));
  },
);
