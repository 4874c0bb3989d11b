import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const small = 2 * mebibyte;
const large = 16 * mebibyte;
const standby = { Standby: true, frontend: '' };

scenario(
  'A backup that is found in a store has the block size that its config states, and 2 MiB if it states none',
  { tags: ['backup-targets', 'refusals'], longhorn: '>=1.10.0', proves: ['I16'] },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const { size } = littleData.data;
    const one = await given.foreignBackup(target, { size, stated: String(large) });
    const old = await given.foreignBackup(target, { size, by: 'v1.0' });
    const wrong = await given.foreignBackup(target, { size, stated: String(4 * mebibyte) });
    const unlabelled = await given.foreignBackup(target, { size, unlabelled: true });
    const upload = await given.foreignUpload(target, { size });

    await when.storeLookedInto(target);
    for (const { backup } of [one, old, wrong, unlabelled]) await then.known(backup);
    await then.foundUnfinished(upload.backup);
    await then.blocksReported(one.backup, large);
    await then.blocksReported(old.backup, small);
    await then.blocksReported(wrong.backup, undefined);
    const refused = await given.newRestore(wrong.backup);
    await then.refused(refused, 'a wish to be on standby', { spec: standby });

    const data = await when.foreignUploadEnds(upload);
    await when.backupVolumeSynced(upload.volume);
    await when.backupVolumeSynced(unlabelled.volume);
    await then.known(upload.backup);
    for (const { backup } of [upload, unlabelled]) {
      const kept = await then.orKnownBug('found-backup-has-no-block-size', () =>
        then.blocksReported(backup, small),
      );
      const restore = await given.newRestore(backup);
      if (kept) await then.accepted(restore, 'a wish to be on standby', standby);
      else await then.refused(restore, 'a wish to be on standby', { spec: standby });
    }
    await then.restores(upload.backup, [data]);
    await then.storeHolds(upload.volume, [upload.backup]);
  },
);

// Not derived from a document. Two clusters that share a store, or one that was made again, may use one name twice.
scenario(
  'A backup in a store is found, although a volume here has the name of its volume, and a size that its blocks do not divide',
  { tags: ['backup-targets', 'slow'], longhorn: '>=1.10.0' },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const { size } = littleData.data;
    const { volume, backup } = await given.foreignBackup(target, { size, stated: String(large) });
    const namesake = await given.volumeMadeAgain(volume, {
      size: littleData.volume + small,
      blockSize: small,
    });

    await when.storeLookedInto(target);
    await then.orKnownBug('odd-size-hides-backups', () => then.onTarget(backup));
    await when.volumeRemoved(namesake);
    await then.known(backup);
  },
);
