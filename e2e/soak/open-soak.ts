import type { BackupHandle, TargetHandle, VolumeHandle, WrittenData } from '../suite/steps/handles.ts';
import { mebibyte } from '../suite/steps/sizes.ts';
import type { Steps } from '../suite/steps/steps.ts';
import { type SoakAction, type SoakActionName, soakSize } from './actions.ts';

type Given = Pick<Steps, 'given' | 'when' | 'then'>;

/** A backup, and the data of its volume when it was requested. */
type SoakBackup = {
  backup: BackupHandle;
  data: WrittenData[];
  state: 'requested' | 'completed' | 'failed' | 'deleted' | 'gone';
  soakVolume: SoakVolume;
  /** The recurring job of the volume made the backup, and removes it and its snapshot. */
  byJob?: true;
  withoutSnapshot?: true;
};

/** A volume, the data at each of its places, and its backups in order. */
type SoakVolume = {
  volume: VolumeHandle;
  /** The volume with each backup target that it has had. */
  byTarget: VolumeHandle[];
  places: Map<number, WrittenData>;
  backups: SoakBackup[];
  job?: Awaited<ReturnType<Given['given']['recurringJob']>>;
};

/** A fault in force, of a volume or (without `of`) of the store. `holds`: backups of the volume wait until it ends. */
type OpenFault = { of?: SoakVolume; soakBackup?: SoakBackup; holds?: true; heal(): Promise<unknown> };

const size = 4 * mebibyte;
const isUsable = ({ state }: SoakBackup): boolean => state === 'requested' || state === 'completed';

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
    open: OpenFault[],
    onAction: () => void,
  ): Promise<void> => {
    const volumes = new Map<number, SoakVolume>();
    let isKilled = false;
    let killed: Awaited<ReturnType<Given['when']['ownerKilled']>> = [];

    const heal = async (isOne: (fault: OpenFault) => boolean): Promise<void> => {
      for (const fault of open.filter(isOne).toReversed()) {
        open.splice(open.indexOf(fault), 1);
        await fault.heal();
      }
    };
    const managersBack = async (): Promise<void> => {
      if (killed.length > 0) await then.managersBack(killed);
      killed = [];
    };
    const write = async ({ volume, places }: SoakVolume, place: number): Promise<void> => {
      // Data are written through the manager pod on the node of the volume.
      await managersBack();
      places.set(place, await given.data(volume, { offset: place * size, size }));
    };
    const volumeOf = async (number: number): Promise<SoakVolume> => {
      const found = volumes.get(number);
      if (found !== undefined) return found;
      const volume = await given.volume({ size: soakSize.places * size });
      const made: SoakVolume = { volume, byTarget: [volume], places: new Map(), backups: [] };
      volumes.set(number, made);
      await write(made, 0);
      return made;
    };
    const ended = async (soakBackup: SoakBackup): Promise<SoakBackup> => {
      if (soakBackup.state !== 'requested') return soakBackup;
      await heal(({ of, holds }) => of === soakBackup.soakVolume && holds === true);
      soakBackup.state = (await then.ends(soakBackup.backup, { mayFail: true })) ? 'completed' : 'failed';
      return soakBackup;
    };
    const choose = (
      { volume, backup }: { volume: number; backup: number },
      isOne: (soakBackup: SoakBackup) => boolean,
    ): SoakBackup | undefined => {
      const fitting = (volumes.get(volume)?.backups ?? []).filter(isOne);
      return fitting[backup % fitting.length];
    };
    const untilGone = async (soakBackup: SoakBackup): Promise<void> => {
      await then.goneInTheEnd(soakBackup.backup, { forgotten: true });
      soakBackup.state = 'gone';
    };
    /** Heals the faults of a volume and waits until its operations end. Returns the completed backups. */
    const settled = async (soakVolume: SoakVolume): Promise<SoakBackup[]> => {
      const { volume, backups } = soakVolume;
      await heal(({ of }) => of === soakVolume);
      for (const soakBackup of backups)
        if ((await ended(soakBackup)).state === 'deleted') await untilGone(soakBackup);
      await then.noTicketLeft(volume);
      return backups.filter(({ state }) => state === 'completed');
    };
    const isOn =
      ({ target }: VolumeHandle) =>
      ({ backup }: SoakBackup): boolean =>
        backup.volume.target === target;

    // Known bug backup-outlives-its-backup-volume: a backup may stay, if it was not the last one when Longhorn looked.
    const goesWithBackupVolume = async ({ backup }: SoakBackup): Promise<void> => {
      const goes = () => then.goesWithBackupVolume(backup);
      if (!(await then.orKnownBug('backup-outlives-its-backup-volume', goes, { race: true })))
        await when.deleted(backup);
    };
    const deleteBackupVolume = async (soakVolume: SoakVolume, volume: VolumeHandle): Promise<void> => {
      const left = (await settled(soakVolume)).filter(isOn(volume));
      if (left.length === 0) return;
      await then.volumeKnown(volume);
      await when.backupVolumeDeleted(volume);
      for (const soakBackup of left) {
        await goesWithBackupVolume(soakBackup);
        await untilGone(soakBackup);
      }
    };
    const takeTargetAway = async ({ volume }: SoakVolume): Promise<void> => {
      const { target } = volume;
      await heal(() => true);
      const left: SoakBackup[] = [];
      for (const soakVolume of volumes.values()) {
        left.push(...(await settled(soakVolume)).filter(isOn(volume)));
        // Otherwise a backup that was lost earlier would look like one that the removal has deleted.
        await judgeStore(soakVolume, target);
      }
      const away = await when.targetRemoved(target);
      open.push({ heal: () => when.targetMadeAgain(target) });
      for (const soakBackup of left) {
        await goesWithBackupVolume(soakBackup);
        await then.removedFromCluster(soakBackup.backup, away);
      }
      for (const soakVolume of volumes.values()) await judgeStore(soakVolume, target);
      await heal(() => true);
      // A backup volume that is still being removed at the first sync of the new target would be taken for known.
      await when.storeLookedInto(target);
      for (const { backup } of left) await then.known(backup);
    };
    // The store must hold the completed backups of the volume on this target, and nothing else. All operations must
    // have ended.
    const judgeStore = async ({ byTarget, backups }: SoakVolume, target: TargetHandle): Promise<void> => {
      const onTarget = byTarget.find((each) => each.target === target);
      if (onTarget === undefined) return;
      const of = backups.filter(isOn(onTarget));
      await then.storeHolds(
        onTarget,
        of.filter(({ state }) => state === 'completed').map(({ backup }) => backup),
        { afterKill: true, ignoreOthers: of.some(({ state }) => state === 'failed') },
      );
    };
    const changeTarget = async (soakVolume: SoakVolume): Promise<void> => {
      const { volume, byTarget } = soakVolume;
      other ??= await given.target(await given.store({ kind: 'the same kind' }));
      const { target } = volume.target === other ? (byTarget[0] ?? volume) : { target: other };
      soakVolume.volume = await when.volumeRetargeted(volume, target);
      if (!byTarget.some((onTarget) => onTarget.target === target)) byTarget.push(soakVolume.volume);
    };
    const runJob = async (soakVolume: SoakVolume): Promise<void> => {
      const { volume, backups, places } = soakVolume;
      await managersBack();
      const old = (await settled(soakVolume)).filter(isOn(volume)).filter(({ byJob }) => byJob);
      const beside = backups.filter(
        (soakBackup) => isOn(volume)(soakBackup) && !old.includes(soakBackup) && soakBackup.state !== 'gone',
      );
      soakVolume.job ??= await given.recurringJob(volume);
      soakVolume.job.volume = volume;
      await when.jobTriggered(soakVolume.job);
      const made = await then.runEnds(soakVolume.job, {
        old: old.map(({ backup }) => backup),
        beside: beside.map(({ backup }) => backup),
        // In the emulator a volume restarts with its manager. The job may skip a volume that is restarting.
        disturbed: isKilled,
      });
      for (const backup of made) {
        const soakBackup: SoakBackup = {
          backup,
          data: [...places.values()],
          state: 'requested',
          soakVolume,
          byJob: true,
        };
        backups.push(soakBackup);
        await ended(soakBackup);
      }
      const known = await then.knownAsStored(volume);
      for (const soakBackup of old) if (!known.includes(soakBackup.backup.name)) soakBackup.state = 'gone';
    };
    const loseConfig = async (soakBackup: SoakBackup): Promise<void> => {
      await settled(soakBackup.soakVolume);
      if (soakBackup.state !== 'completed') return;
      const gone = await given.fileMissing({ configOf: soakBackup.backup });
      open.push({ of: soakBackup.soakVolume, heal: () => when.released(gone) });
      const { volume } = soakBackup.backup;
      await when.storeLookedInto(volume.target);
      await then.goneInTheEnd(soakBackup.backup);
      await heal(({ of }) => of === soakBackup.soakVolume);
      await when.backupVolumeLookedInto(volume);
      await then.known(soakBackup.backup);
    };
    const restore = async ({ soakVolume, backup, data }: SoakBackup): Promise<void> => {
      const going = soakVolume.backups.filter(({ state }) => state === 'deleted');
      // Known bug restore-given-up-over-lock: a deletion in progress ends a restore.
      if (going.length > 0) await heal(({ of }) => of === soakVolume);
      for (const soakBackup of going) await untilGone(soakBackup);
      await when.volumeRemoved(await then.restores(backup, data));
    };
    const remove = async (soakBackup: SoakBackup): Promise<void> => {
      await then.volumeKnown(soakBackup.backup.volume);
      soakBackup.state = 'deleted';
      await when.deleted(soakBackup.backup);
    };
    const holdDeletion = async (soakBackup: SoakBackup): Promise<void> => {
      // Without a manager the deletion may start later than the fault waits for it.
      await managersBack();
      await heal(({ of, holds }) => of === soakBackup.soakVolume && holds === true);
      const hold = await given.heldDeletion(soakBackup.backup);
      open.push({ of: soakBackup.soakVolume, soakBackup, holds: true, heal: () => when.released(hold) });
      await remove(soakBackup);
      await then.inForce(hold);
    };
    /** Judges the store of a backup if nothing is under way there. What was lost is then found early, and as a loss. */
    const judgeIfQuiet = async ({ soakVolume, backup }: SoakBackup): Promise<void> => {
      const isUnderWay = ({ state }: SoakBackup): boolean => state === 'requested' || state === 'deleted';
      if (soakVolume.backups.some(isUnderWay) || open.some(({ of }) => of === soakVolume)) return;
      await judgeStore(soakVolume, backup.volume.target);
    };
    const onCompleted = async (
      action: Extract<SoakAction, { backup: number }>,
      work: (soakBackup: SoakBackup) => Promise<unknown>,
    ): Promise<void> => {
      const soakBackup = choose(action, isUsable);
      if (soakBackup === undefined || (await ended(soakBackup)).state !== 'completed') return;
      await judgeIfQuiet(soakBackup);
      await work(soakBackup);
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
        const isHeld = (soakBackup: SoakBackup): boolean =>
          open.some((fault) => fault.holds && fault.soakBackup === soakBackup);
        const soakBackup = choose(action, (each) => isUsable(each) || isHeld(each));
        if (soakBackup === undefined) return;
        await managersBack();
        isKilled = true;
        killed = await when.ownerKilled(soakBackup.backup);
        // The held process may have ended with its manager.
        return heal(({ holds }) => holds === true);
      }
      if (action.do === 'remove the snapshot') {
        const own = (volumes.get(action.volume)?.backups ?? []).filter(
          ({ byJob, withoutSnapshot }) => !byJob && !withoutSnapshot,
        );
        // A snapshot is removed only if a later one exists.
        const soakBackup = choose(action, (each) => isUsable(each) && own.slice(0, -1).includes(each));
        if (soakBackup === undefined) return;
        await ended(soakBackup);
        soakBackup.withoutSnapshot = true;
        return when.snapshotRemoved(soakBackup.backup);
      }
      if (action.do === 'delete') return onCompleted(action, remove);
      // The remaining lock of a deletion whose manager was killed ends a restore too.
      if (action.do === 'restore') return isKilled ? undefined : onCompleted(action, restore);
      if (action.do === 'lose the config') return onCompleted(action, loseConfig);
      if (action.do === 'hold the deletion') return onCompleted(action, holdDeletion);
      if (action.do === 'make immutable')
        return onCompleted(action, async (soakBackup) => {
          if (open.some((fault) => fault.soakBackup === soakBackup)) return;
          const immutable = await given.immutableConfig(soakBackup.backup);
          const { soakVolume, backup } = soakBackup;
          open.push({ of: soakVolume, soakBackup, heal: () => when.madeMutable(immutable, backup) });
        });
      if (action.do === 'lock the volume')
        return onCompleted(action, async ({ soakVolume, backup }) => {
          const lock = await given.foreignLock(backup.volume, { of: 'a backup' });
          open.push({ of: soakVolume, heal: () => when.lockRemoved(lock) });
        });
      const soakVolume = await volumeOf(action.volume);
      if (action.do === 'write') return write(soakVolume, action.place);
      if (action.do === 'look into the store') return when.storeLookedInto(soakVolume.volume.target);
      if (action.do === 'run the job') return runJob(soakVolume);
      if (action.do === 'change the target') return changeTarget(soakVolume);
      if (action.do === 'delete the backup volume') {
        await settled(soakVolume);
        await judgeStore(soakVolume, soakVolume.volume.target);
        return deleteBackupVolume(soakVolume, soakVolume.volume);
      }
      if (action.do === 'take the target away') return takeTargetAway(soakVolume);
      const data = [...soakVolume.places.values()];
      const backup = await when.backedUp(await given.snapshot(soakVolume.volume));
      return soakVolume.backups.push({ backup, data, state: 'requested', soakVolume });
    };
    for (const action of actions) {
      onAction();
      await doOne(action);
    }

    await heal(() => true);
    await managersBack();
    for (const soakVolume of volumes.values()) {
      const left = await settled(soakVolume);
      for (const onTarget of soakVolume.byTarget) {
        await judgeStore(soakVolume, onTarget.target);
        if (soakVolume.backups.some(isOn(onTarget))) await then.knownAsStored(onTarget);
      }
      for (const { backup, data } of left) await when.volumeRemoved(await then.restores(backup, data));
    }
    for (const soakVolume of volumes.values()) {
      for (const onTarget of soakVolume.byTarget) await deleteBackupVolume(soakVolume, onTarget);
      await when.volumeRemoved(soakVolume.volume);
    }
  };

  /** Runs the actions of one run. `onAction` is called before each action. */
  return async (actions: readonly SoakAction[], onAction: () => void = () => {}): Promise<void> => {
    const open: OpenFault[] = [];
    try {
      await runActions(actions, open, onAction);
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
