import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

const size = 4 * mebibyte;

// Not derived from a document: a second site has a replica of the bucket, or a copy of the export.
scenario(
  'The backups of a copied store can be restored once the backup target that was copied is gone',
  { tags: ['backup-targets', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given, {}, { offset: 0, size });
    data.push(await given.data(volume, { offset: size, size }));
    const second = await given.settledBackup(volume);
    const copy = await given.storeCopy(volume);
    await then.storeHolds(volume, [first, second], { inside: copy });
    const target = await given.target(copy);
    await then.lastBackup({ ...second, volume: { ...volume, target } });

    await then.removedFromCluster(first, await when.targetRemoved(volume.target));
    const moved = await when.volumeRetargeted(volume, target);
    const onCopy = (backup: BackupHandle): BackupHandle => ({ ...backup, volume: moved });
    await then.storeListed(await when.storeLookedInto(target));
    await then.onTarget(onCopy(first));
    const isShown = await then.orKnownBug('copied-store-hides-its-backups', () =>
      then.onTarget(onCopy(second)),
    );
    if (!isShown) {
      await when.deleted(second);
      await then.goneAlone(second);
      await then.onTarget(onCopy(second));
    }
    await then.storeHolds(moved, [onCopy(first), onCopy(second)]);
    await then.restores(onCopy(second), data);
  },
);
