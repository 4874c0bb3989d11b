import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup that waited for a deletion is made although blocks are still being removed',
  {
    tags: ['backup-deletion', 'held'],
    needs: ['mounted-store'],
    disruptions: ['process-hold'],
    proves: ['C14'],
  },
  async ({ given, when, then, data }) => {
    const { volume, backup: first } = await backedUpVolume(given, { size: data.volume }, data.brief);
    await given.data(volume, data.small);
    const snapshot = await given.snapshot(volume);
    const held = await given.heldRemoval(first, { until: 'config' });

    await when.deleted(first);
    await then.deleting(first);
    await then.inForce(held);
    const second = await when.backedUp(snapshot);
    await then.heldBack(second, { first });

    await when.deletionContinued(held);
    await when.givenTimeToContinue(second, { first });
    await then.inForce(held);
    await when.released(held);
    await then.deleted(first);
    const kept = await then.orKnownBug('waiting-backup-loses-lock', () =>
      then.waitedAndCompleted(second, { first }),
    );
    await then.storeHolds(volume, kept ? [second] : []);
  },
);

// longhorn/longhorn#10090: such a backup waited for ever, and kept its volume attached.
scenario(
  'A backup whose snapshot goes while it waits for a deletion fails, and its volume is detached again',
  {
    tags: ['backup-deletion', 'held', 'snapshots'],
    needs: ['mounted-store'],
    disruptions: ['process-hold'],
    proves: ['C5'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    await given.snapshot(volume);
    await when.volumeDetached(volume);
    const held = await given.heldDeletion(first);

    await when.deleted(first);
    await then.deleting(first);
    await then.inForce(held);
    const second = await when.backedUp(snapshot);
    await then.heldBack(second, { first });
    await when.snapshotDeleted(snapshot);
    await then.snapshotGoes(snapshot);
    await when.released(held);
    await then.deleted(first);

    await then.creationFails(second, 'creation-without-snapshot');
    await then.attachmentGivenBack(second);
    await then.attachedMeanwhile(second);
    await then.storeHolds(volume, []);
  },
);

// Not derived from a document. By Longhorn's source, a manager that takes over an upload first looks for deletions.
scenario(
  'A backup whose manager is killed during its upload is not begun again, although another is being deleted',
  {
    tags: ['backup-deletion', 'upload', 'manager-kill', 'held', 'failing-store', 'slow'],
    needs: ['wrongAnswers', 'block-device'],
    exclusive: ['longhorn-managers'],
    disruptions: ['manager-kill', 'process-hold'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const { size } = littleData.data;
    const data = [await given.data(volume)];
    const older = [
      await given.settledBackup(volume),
      await given.settledBackup(volume),
      await given.settledBackup(volume),
    ];
    data.push(await given.data(volume, { offset: size, size }));
    const snapshot = await given.snapshot(volume);
    await given.exclusive('longhorn-managers');
    const silent = await given.wrongAnswers('silence', {
      to: 'write',
      below: { of: volume, folder: 'blocks' },
    });
    await then.inForce(silent);
    const upload = await when.backedUp(snapshot);
    await then.uploading(upload);
    const first = await given.ownedByAnother(upload, older);
    const held = await given.heldDeletion(first);
    await when.deleted(first);
    await then.deleting(first);
    await then.inForce(held);

    await when.ownerKilled(upload);
    const kept = await then.orKnownBug('orphaned-upload-is-begun-again', () => then.staysUnderWay(upload));
    await when.released(silent);
    await when.released(held);
    await then.goneInTheEnd(first, { forgotten: true });
    // In the emulator, an upload ends with the manager of its node.
    const isMade = await then.ends(upload, { mayFail: kept });
    await when.sharedAgain();
    if (isMade) await then.restores(upload, data);
  },
);
