import type { BackupHandle, TargetHandle, VolumeHandle, WrittenData } from '../suite/steps/handles.ts';
import { mebibyte } from '../suite/steps/sizes.ts';
import type { Steps } from '../suite/steps/steps.ts';
import { type SoakAction, type SoakActionName, soakSize } from './actions.ts';

type Given = Pick<Steps, 'given' | 'when' | 'then'>;

/** A backup, and the data of its volume when it was requested. */
type Kept = {
  backup: BackupHandle;
  data: WrittenData[];
  state: 'asked for' | 'completed' | 'failed' | 'deleted' | 'gone';
  soaked: Soaked;
  /** The recurring job of the volume made the backup, and removes it and its snapshot. */
  byJob?: true;
  withoutSnapshot?: true;
};

/** A volume, the data at each of its places, and its backups in order. */
type Soaked = {
  volume: VolumeHandle;
  /** The volume with each backup target that it has had. */
  homes: VolumeHandle[];
  places: Map<number, WrittenData>;
  backups: Kept[];
  job?: Awaited<ReturnType<Given['given']['recurringJob']>>;
};

/** A fault in force, of a volume or (without `of`) of the store. `holds`: backups of the volume wait until it ends. */
type Open = { of?: Soaked; kept?: Kept; holds?: true; heal(): Promise<unknown> };

const size = 4 * mebibyte;
const isLiving = ({ state }: Kept): boolean => state === 'asked for' || state === 'completed';

/**
 * Runs the actions of a soak on its own volumes. A volume is created, with data, when it is first needed. At the end
 * all faults are healed, all operations end, and the result is checked: no backup is in progress, deleted backups are
 * gone, all others are in a sound store and restore their data, and no attachment ticket is left. Throws the error of
 * a failed step. The objects of a passed run are removed.
 */
export const openSoak = ({ given, when, then }: Given) => {
  let other: TargetHandle | undefined;

  const runActions = async (
    actions: readonly SoakAction[],
    open: Open[],
    begin: () => void,
  ): Promise<void> => {
    const volumes = new Map<number, Soaked>();
    let isKilled = false;
    let killed: Awaited<ReturnType<Given['when']['ownerKilled']>> = [];

    const heal = async (isOne: (fault: Open) => boolean): Promise<void> => {
      for (const fault of open.filter(isOne).toReversed()) {
        open.splice(open.indexOf(fault), 1);
        await fault.heal();
      }
    };
    const managersBack = async (): Promise<void> => {
      if (killed.length > 0) await then.managersBack(killed);
      killed = [];
    };
    const write = async ({ volume, places }: Soaked, place: number): Promise<void> => {
      // Data are written through the manager pod on the node of the volume.
      await managersBack();
      places.set(place, await given.data(volume, { offset: place * size, size }));
    };
    const volumeOf = async (number: number): Promise<Soaked> => {
      const found = volumes.get(number);
      if (found !== undefined) return found;
      const volume = await given.volume({ size: soakSize.places * size });
      const made: Soaked = { volume, homes: [volume], places: new Map(), backups: [] };
      volumes.set(number, made);
      await write(made, 0);
      return made;
    };
    const ended = async (kept: Kept): Promise<Kept> => {
      if (kept.state !== 'asked for') return kept;
      await heal(({ of, holds }) => of === kept.soaked && holds === true);
      kept.state = (await then.ends(kept.backup, { mayFail: true })) ? 'completed' : 'failed';
      return kept;
    };
    const choose = (
      { volume, backup }: { volume: number; backup: number },
      isOne: (kept: Kept) => boolean,
    ): Kept | undefined => {
      const fitting = (volumes.get(volume)?.backups ?? []).filter(isOne);
      return fitting[backup % fitting.length];
    };
    const untilGone = async (kept: Kept): Promise<void> => {
      await then.goneInTheEnd(kept.backup, { forgotten: true });
      kept.state = 'gone';
    };
    /** Heals the faults of a volume and waits until its operations end. Returns the completed backups. */
    const settled = async (soaked: Soaked): Promise<Kept[]> => {
      const { volume, backups } = soaked;
      await heal(({ of }) => of === soaked);
      for (const kept of backups) if ((await ended(kept)).state === 'deleted') await untilGone(kept);
      await then.noTicketLeft(volume);
      return backups.filter(({ state }) => state === 'completed');
    };
    const isOn =
      ({ target }: VolumeHandle) =>
      ({ backup }: Kept): boolean =>
        backup.volume.target === target;

    // Known bug backup-outlives-its-backup-volume: a backup may stay, if it was not the last one when Longhorn looked.
    const goesWithBackupVolume = async ({ backup }: Kept): Promise<void> => {
      const goes = () => then.goesWithBackupVolume(backup);
      if (!(await then.orKnownBug('backup-outlives-its-backup-volume', goes, { race: true })))
        await when.deleted(backup);
    };
    const deleteBackupVolume = async (soaked: Soaked, volume: VolumeHandle): Promise<void> => {
      const left = (await settled(soaked)).filter(isOn(volume));
      if (left.length === 0) return;
      await then.volumeKnown(volume);
      await when.backupVolumeDeleted(volume);
      for (const kept of left) {
        await goesWithBackupVolume(kept);
        await untilGone(kept);
      }
    };
    const takeTargetAway = async ({ volume }: Soaked): Promise<void> => {
      const { target } = volume;
      await heal(() => true);
      const left: Kept[] = [];
      for (const soaked of volumes.values()) left.push(...(await settled(soaked)).filter(isOn(volume)));
      const away = await when.targetRemoved(target);
      open.push({ heal: () => when.targetMadeAgain(target) });
      for (const kept of left) {
        await goesWithBackupVolume(kept);
        await then.removedFromCluster(kept.backup, away);
      }
      for (const soaked of volumes.values()) await judgeStore(soaked, target);
      await heal(() => true);
      // A backup volume that is still being removed at the first sync of the new target would be taken for known.
      await when.storeLookedInto(target);
      for (const { backup } of left) await then.known(backup);
    };
    // The store must hold the completed backups of the volume on this target, and nothing else. All operations must
    // have ended.
    const judgeStore = async ({ homes, backups }: Soaked, target: TargetHandle): Promise<void> => {
      const home = homes.find((each) => each.target === target);
      if (home === undefined) return;
      const of = backups.filter(isOn(home));
      await then.storeHolds(
        home,
        of.filter(({ state }) => state === 'completed').map(({ backup }) => backup),
        { afterKill: true, ignoreOthers: of.some(({ state }) => state === 'failed') },
      );
    };
    const changeTarget = async (soaked: Soaked): Promise<void> => {
      const { volume, homes } = soaked;
      other ??= await given.target(await given.store({ kind: 'the same kind' }));
      const { target } = volume.target === other ? (homes[0] ?? volume) : { target: other };
      soaked.volume = await when.volumeRetargeted(volume, target);
      if (!homes.some((home) => home.target === target)) homes.push(soaked.volume);
    };
    const runJob = async (soaked: Soaked): Promise<void> => {
      const { volume, backups, places } = soaked;
      await managersBack();
      const old = (await settled(soaked)).filter(isOn(volume)).filter(({ byJob }) => byJob);
      const beside = backups.filter(
        (kept) => isOn(volume)(kept) && !old.includes(kept) && kept.state !== 'gone',
      );
      soaked.job ??= await given.recurringJob(volume);
      soaked.job.volume = volume;
      await when.jobTriggered(soaked.job);
      const made = await then.runEnds(soaked.job, {
        old: old.map(({ backup }) => backup),
        beside: beside.map(({ backup }) => backup),
        // In the emulator a volume restarts with its manager. The job may skip a volume that is restarting.
        disturbed: isKilled,
      });
      for (const backup of made) {
        const kept: Kept = { backup, data: [...places.values()], state: 'asked for', soaked, byJob: true };
        backups.push(kept);
        await ended(kept);
      }
      const known = await then.knownAsStored(volume);
      for (const kept of old) if (!known.includes(kept.backup.name)) kept.state = 'gone';
    };
    const loseConfig = async (kept: Kept): Promise<void> => {
      await settled(kept.soaked);
      if (kept.state !== 'completed') return;
      const gone = await given.fileMissing({ configOf: kept.backup });
      open.push({ of: kept.soaked, heal: () => when.released(gone) });
      const { volume } = kept.backup;
      await when.storeLookedInto(volume.target);
      await then.goneInTheEnd(kept.backup);
      await heal(({ of }) => of === kept.soaked);
      await when.backupVolumeLookedInto(volume);
      await then.known(kept.backup);
    };
    const restore = async ({ soaked, backup, data }: Kept): Promise<void> => {
      const going = soaked.backups.filter(({ state }) => state === 'deleted');
      // Known bug restore-given-up-over-lock: a deletion in progress ends a restore.
      if (going.length > 0) await heal(({ of }) => of === soaked);
      for (const kept of going) await untilGone(kept);
      await when.volumeRemoved(await then.restores(backup, data));
    };
    const remove = async (kept: Kept): Promise<void> => {
      await then.volumeKnown(kept.backup.volume);
      kept.state = 'deleted';
      await when.deleted(kept.backup);
    };
    const holdDeletion = async (kept: Kept): Promise<void> => {
      // Without a manager the deletion may start later than the fault waits for it.
      await managersBack();
      await heal(({ of, holds }) => of === kept.soaked && holds === true);
      const hold = await given.heldDeletion(kept.backup);
      open.push({ of: kept.soaked, kept, holds: true, heal: () => when.released(hold) });
      await remove(kept);
      await then.inForce(hold);
    };
    const onCompleted = async (
      action: Extract<SoakAction, { backup: number }>,
      work: (kept: Kept) => Promise<unknown>,
    ): Promise<void> => {
      const kept = choose(action, isLiving);
      if (kept !== undefined && (await ended(kept)).state === 'completed') await work(kept);
    };

    const doOne = async (action: SoakAction): Promise<unknown> => {
      if (action.do === 'heal') {
        const fault = open[action.fault % open.length];
        return heal((each) => each === fault);
      }
      if (action.do === 'slow the store down') {
        if (open.some(({ of }) => of === undefined)) return;
        const slow = await given.serverSlow();
        return open.push({ heal: () => when.released(slow) });
      }
      if (action.do === 'kill the owner') {
        const isHeld = (kept: Kept): boolean => open.some((fault) => fault.holds && fault.kept === kept);
        const kept = choose(action, (each) => isLiving(each) || isHeld(each));
        if (kept === undefined) return;
        await managersBack();
        isKilled = true;
        killed = await when.ownerKilled(kept.backup);
        // The held process may have ended with its manager.
        return heal(({ holds }) => holds === true);
      }
      if (action.do === 'remove the snapshot') {
        const own = (volumes.get(action.volume)?.backups ?? []).filter(
          ({ byJob, withoutSnapshot }) => !byJob && !withoutSnapshot,
        );
        // A snapshot is removed only if a later one exists.
        const kept = choose(action, (each) => isLiving(each) && own.slice(0, -1).includes(each));
        if (kept === undefined) return;
        await ended(kept);
        kept.withoutSnapshot = true;
        return when.snapshotRemoved(kept.backup);
      }
      if (action.do === 'delete') return onCompleted(action, remove);
      // The remaining lock of a deletion whose manager was killed ends a restore too.
      if (action.do === 'restore') return isKilled ? undefined : onCompleted(action, restore);
      if (action.do === 'lose the config') return onCompleted(action, loseConfig);
      if (action.do === 'hold the deletion') return onCompleted(action, holdDeletion);
      if (action.do === 'make immutable')
        return onCompleted(action, async (kept) => {
          if (open.some((fault) => fault.kept === kept)) return;
          const immutable = await given.immutableConfig(kept.backup);
          const { soaked, backup } = kept;
          open.push({ of: soaked, kept, heal: () => when.madeMutable(immutable, backup) });
        });
      if (action.do === 'lock the volume')
        return onCompleted(action, async ({ soaked, backup }) => {
          const lock = await given.foreignLock(backup.volume, { of: 'a backup' });
          open.push({ of: soaked, heal: () => when.lockRemoved(lock) });
        });
      const soaked = await volumeOf(action.volume);
      if (action.do === 'write') return write(soaked, action.place);
      if (action.do === 'look into the store') return when.storeLookedInto(soaked.volume.target);
      if (action.do === 'run the job') return runJob(soaked);
      if (action.do === 'change the target') return changeTarget(soaked);
      if (action.do === 'delete the backup volume') return deleteBackupVolume(soaked, soaked.volume);
      if (action.do === 'take the target away') return takeTargetAway(soaked);
      const data = [...soaked.places.values()];
      const backup = await when.backedUp(await given.snapshot(soaked.volume));
      return soaked.backups.push({ backup, data, state: 'asked for', soaked });
    };
    for (const action of actions) {
      begin();
      await doOne(action);
    }

    await heal(() => true);
    await managersBack();
    for (const soaked of volumes.values()) {
      const left = await settled(soaked);
      for (const home of soaked.homes) {
        await judgeStore(soaked, home.target);
        if (soaked.backups.some(isOn(home))) await then.knownAsStored(home);
      }
      for (const { backup, data } of left) await when.volumeRemoved(await then.restores(backup, data));
    }
    for (const soaked of volumes.values()) {
      for (const home of soaked.homes) await deleteBackupVolume(soaked, home);
      await when.volumeRemoved(soaked.volume);
    }
  };

  /** Runs the actions of one run. `begin` is called before each action. */
  return async (actions: readonly SoakAction[], begin: () => void = () => {}): Promise<void> => {
    const open: Open[] = [];
    try {
      await runActions(actions, open, begin);
    } catch (error) {
      // The cleanup reports faults that cannot be healed.
      for (const fault of open.toReversed()) await fault.heal().catch(() => {});
      throw error;
    }
  };
};

const call = (action: SoakAction): string => {
  const of = 'volume' in action ? `volume${action.volume + 1}` : '';
  const backup = 'backup' in action ? `backups[${action.backup}] of ${of}` : '';
  const calls: Record<SoakActionName, string> = {
    write: `given.data(${of}, { offset: ${'place' in action ? action.place * 4 : 0} * mebibyte, size: 4 * mebibyte })`,
    'back up': `when.backedUp(await given.snapshot(${of}))`,
    delete: `when.deleted(${backup})`,
    restore: `then.restores(${backup}, data)`,
    'remove the snapshot': `when.snapshotRemoved(${backup})`,
    'look into the store': `when.storeLookedInto(${of}.target)`,
    'run the job': `when.jobTriggered(job of ${of}); await then.runEnds(job of ${of})`,
    'change the target': `when.volumeRetargeted(${of}, other)`,
    'kill the owner': `when.ownerKilled(${backup})`,
    'make immutable': `given.immutableConfig(${backup})`,
    'hold the deletion': `given.heldDeletion(${backup}); await when.deleted(${backup})`,
    'lock the volume': `given.foreignLock(${of}, { of: 'a backup' })`,
    'lose the config': `given.fileMissing({ configOf: ${backup} }); await when.storeLookedInto(${of}.target)`,
    'slow the store down': 'given.serverSlow()',
    heal: `when.released(faults[${'fault' in action ? action.fault : 0}])`,
    'delete the backup volume': `when.backupVolumeDeleted(${of})`,
    'take the target away': `when.targetRemoved(${of}.target); await when.targetMadeAgain(${of}.target)`,
  };
  return calls[action.do];
};

/** The actions as steps of a scenario, one per line. */
export const describeActions = (actions: readonly SoakAction[]): string[] =>
  actions.map((action) => `await ${call(action)};`);
