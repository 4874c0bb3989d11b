import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { heldUpload } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

// Not derived from a document: the backup target of a volume may be changed at any time.
scenario(
  'A backup is uploaded to its own backup target, although its volume is backed up to another one meanwhile',
  { tags: ['backup-targets', 'upload', 'slow'], needs: ['wrongAnswers', 'block-device'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const other = await given.target(await given.store({ kind: 'the same kind' }));
    data.push(await given.data(volume, { offset: size, size }));
    const snapshot = await given.snapshot(volume);
    const { silent, backup: second } = await heldUpload({ given, when, then }, snapshot);

    const moved = await when.volumeRetargeted(volume, other);
    const third = await given.settledBackup(moved);
    await when.released(silent);
    const kept = await then.orKnownBug('upload-follows-next-target', () => then.completed(second));

    // Where the bug shows, the lock and the half config of the second one are left.
    const whole = kept ? [first, second] : [first];
    await then.storeHolds(volume, whole, { ignoreOthers: !kept, afterKill: !kept });
    await then.storeHolds(moved, [third]);
    if (kept) await then.restores(second, data);
  },
);

scenario(
  'A backup whose backup target is deleted while it is uploaded does not stay InProgress',
  { tags: ['backup-targets', 'upload', 'slow'], needs: ['wrongAnswers', 'block-device'] },
  async ({ given, when, then }) => {
    const target = await given.target(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume({ target });
    await given.data(volume);
    const snapshot = await given.snapshot(volume);
    const { silent, backup } = await heldUpload({ given, when, then }, snapshot);

    await when.targetRemoved(target);
    await then.stillUploading(backup);
    await when.released(silent);
    await then.orKnownBug('upload-outlives-its-target', () => then.endsWithoutTarget(backup));
  },
);

scenario(
  'A backup whose backup target is changed to another store while it is uploaded is not Completed there',
  { tags: ['backup-targets', 'upload', 'slow'], needs: ['wrongAnswers', 'block-device'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const { target } = volume;
    const home = target.store;
    const other = await given.store({ kind: 'the same kind' });
    const snapshot = await given.snapshot(volume);
    const { silent, backup } = await heldUpload({ given, when, then }, snapshot);

    await then.storeListed(await when.targetChanged(target, { to: other }));
    await then.stillUploading(backup);
    await when.released(silent);
    const isTold = () => then.completedWhereItIs(backup, { from: home });
    if (await then.orKnownBug('upload-outlives-its-url', isTold)) return;
    await when.targetChanged(target, { to: home });
    await then.attachmentGivenBack(backup);
    await then.storeHolds(volume, [backup]);
  },
);
