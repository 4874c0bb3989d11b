import { backedUpVolume, followedVolume } from '../suite/backed-up-volume.ts';
import type { BackupHandle, WrittenData } from '../suite/steps/handles.ts';
import { littleData } from '../suite/steps/sizes.ts';
import type { Steps } from '../suite/steps/steps.ts';
import { kills } from '../suite/steps/writes/disturbances.ts';
import type { DisturbedWrite, Followed } from '../suite/steps/writes/follow.ts';

type Given = Pick<Steps, 'given' | 'when' | 'then'>;

/**
 * An operation of Longhorn whose writes are disturbed one by one. It prepares the objects, calls `follow` to start
 * following the writes of longhorn-managers, starts the operation and waits for its end. The returned function checks
 * the result. `cell` is the disturbed write; undefined while the writes are learned.
 */
type Operation = (
  steps: Given,
  how: { follow: (followed: Followed) => Promise<void>; cell: DisturbedWrite | undefined },
) => Promise<() => Promise<unknown>>;

const mayFail = (cell: DisturbedWrite | undefined): { mayFail: boolean } => ({
  mayFail: cell !== undefined && kills(cell.disturbance),
});

const thenOnlyIs = async (then: Steps['then'], backup: BackupHandle, data: WrittenData[]): Promise<void> => {
  await then.storeHolds(backup.volume, [backup], { afterKill: true });
  await then.restores(backup, data);
};

/**
 * Operations that have a standby volume before their writes are disturbed. A scenario must request exclusive use
 * before it has a standby volume.
 */
export const standbyOperations: ReadonlySet<string> = new Set(['follow with a standby volume']);

/** The operations of the matrix, by name. */
export const crashOperations: Record<string, Operation> = {
  'create a backup': async ({ given, when, then }, { follow, cell }) => {
    const { volume, data, backup: kept } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    await follow({ volume, backups: [kept] });
    const made = await when.backedUp(snapshot);
    const isMade = await then.ends(made, mayFail(cell));
    await then.noTicketLeft(volume);
    return async () => {
      await then.storeHolds(volume, isMade ? [kept, made] : [kept], {
        afterKill: true,
        ignoreOthers: !isMade,
      });
      await then.restores(kept, data);
      if (isMade) await then.restores(made, data);
    };
  },

  'delete a backup': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: kept } = await backedUpVolume(given);
    await given.data(volume, { offset: littleData.data.size, size: littleData.data.size });
    const deleted = await given.settledBackup(volume);
    await follow({ volume, backups: [kept, deleted] });
    await when.deleted(deleted);
    await then.goneInTheEnd(deleted);
    await then.noTicketLeft(volume);
    return () => thenOnlyIs(then, kept, data);
  },

  'delete one while another waits': async ({ given, when, then }, { follow, cell }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    await follow({ volume, backups: [first] });
    await when.deleted(first);
    const second = await when.backedUp(snapshot);
    await then.goneInTheEnd(first);
    const isMade = await then.ends(second, mayFail(cell));
    await then.noTicketLeft(volume);
    return async () => {
      await then.storeHolds(volume, isMade ? [second] : [], { afterKill: true, ignoreOthers: !isMade });
      if (isMade) await then.restores(second, data);
    };
  },

  'back up a detached volume': async ({ given, when, then }, { follow, cell }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const snapshot = await given.snapshot(volume);
    await when.volumeDetached(volume);
    await follow({ volume, backups: [] });
    const made = await when.backedUp(snapshot);
    const isMade = await then.ends(made, mayFail(cell));
    await then.noTicketLeft(volume);
    await then.volumeDetached(volume);
    return async () => {
      await then.storeHolds(volume, isMade ? [made] : [], { afterKill: true, ignoreOthers: !isMade });
      if (isMade) await then.restores(made, [data]);
    };
  },

  'delete a backup volume': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { offset: littleData.data.size, size: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await follow({ volume, backups: [first, second] });
    await when.backupVolumeDeleted(volume);
    for (const backup of [first, second]) {
      const goes = () => then.goesWithBackupVolume(backup);
      if (!(await then.orKnownBug('backup-outlives-its-backup-volume', goes, { race: true })))
        await when.deleted(backup);
      await then.goneInTheEnd(backup);
    }
    await then.noLastBackup(volume);
    return async () => {
      await then.storeHolds(volume, [], { afterKill: true });
      const third = await given.settledBackup(volume);
      await then.storeHolds(volume, [third], { afterKill: true });
      await then.restores(third, data);
    };
  },

  'follow a store that loses a backup and finds it': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const second = await given.settledBackup(volume);
    await follow({ volume, backups: [first, second] });
    const gone = await given.fileMissing({ configOf: second });
    // A manager that another cell killed may sync the store before this request.
    await when.storeLookedInto();
    await then.goneInTheEnd(second);
    await when.released(gone);
    await when.backupVolumeLookedInto(volume);
    await then.known(second);
    await then.known(first);
    return async () => {
      await then.storeHolds(volume, [first, second], { afterKill: true });
      await then.restores(second, data);
    };
  },

  'take a backup target away and give it back': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    await follow({ volume, backups: [first] });
    await then.removedFromCluster(first, await when.targetRemoved(volume.target));
    await when.targetMadeAgain(volume.target);
    await then.known(first);
    await then.lastBackup(first);
    return () => thenOnlyIs(then, first, data);
  },

  'lead a backup target to another store and back': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const home = volume.target.store;
    const other = await given.store({ kind: 'the same kind' });
    await follow({ volume, backups: [first] });
    await then.removedFromCluster(first, await when.targetChanged(volume.target, { to: other }));
    await when.targetChanged(volume.target, { to: home });
    await then.known(first);
    await then.lastBackup(first);
    return () => thenOnlyIs(then, first, data);
  },

  // If a manager does not answer or refuses a request, the job run ends for that volume.
  'run a recurring job': async ({ given, when, then }, { follow, cell }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const job = await given.recurringJob(volume);
    await when.jobTriggered(job);
    await then.jobsComplete(job);
    const old = await then.oneBackupEachTick(job);
    await follow({ volume, backups: old });
    await when.jobTriggered(job);
    const made: BackupHandle[] = [];
    for (const backup of await then.runEnds(job, { old, disturbed: cell !== undefined }))
      if (await then.ends(backup, { mayFail: cell !== undefined })) made.push(backup);
    await then.noTicketLeft(volume);
    return async () => {
      const whole = await then.knownAsStored(volume);
      const kept = [...old, ...made].filter(({ name }) => whole.includes(name));
      await then.storeHolds(volume, kept, { afterKill: true, ignoreOthers: cell !== undefined });
      for (const backup of kept) await then.restores(backup, [data]);
    };
  },

  'restore a backup': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    await follow({ volume, backups: [first] });
    const restore = await when.restored(first);
    await then.restored(restore, data);
    return () => then.storeHolds(volume, [first], { afterKill: true });
  },

  // The disturbance is during the following; the activation comes afterwards.
  'follow with a standby volume': async ({ given, when, then }, { follow }) => {
    const { volume, data, backup: first, standby } = await followedVolume({ given, when, then });
    const { size } = littleData.data;
    data.push(await given.data(volume, { offset: size, size }));
    const snapshot = await given.snapshot(volume);
    await follow({ volume, backups: [first] });
    const second = await when.backedUp(snapshot);
    await then.completed(second);
    await then.follows(standby, second);
    return async () => {
      await when.activated(standby);
      await then.activated(standby, data);
      await then.storeHolds(volume, [first, second], { afterKill: true });
    };
  },
};
