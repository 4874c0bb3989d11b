import type { BackupHandle, VolumeHandle, WrittenData } from '../suite/steps/handles.ts';
import { mebibyte } from '../suite/steps/sizes.ts';
import type { Steps } from '../suite/steps/steps.ts';
import { type SoakAction, soakSize } from './actions.ts';

type Given = Pick<Steps, 'given' | 'when' | 'then'>;

/** A backup, and what its volume held when it was asked for; `immutable`: its config is, so its deletion fails. */
type Kept = {
  backup: BackupHandle;
  data: WrittenData[];
  state: 'asked for' | 'completed' | 'failed' | 'deleted';
  immutable?: Parameters<Given['when']['madeMutable']>[0] | undefined;
};

/** A volume, what each of its places holds, and its backups in order. */
type Soaked = { volume: VolumeHandle; places: Map<number, WrittenData>; backups: Kept[] };

const size = 4 * mebibyte;

/**
 * Does one action after the other, on volumes of its own; each is made when it is first needed, with data in it. Then
 * all is let come to its end, and judged: no backup is half-way, those that were deleted are gone, the others are in the
 * store, which is sound, each restores what its volume held, and no ticket is left. Throws what a step throws.
 */
export const playActions = async (steps: Given, actions: readonly SoakAction[]): Promise<void> => {
  const { given, when, then } = steps;
  const volumes = new Map<number, Soaked>();

  const write = async ({ volume, places }: Soaked, place: number): Promise<void> => {
    places.set(place, await given.data(volume, { offset: place * size, size }));
  };
  const volumeOf = async (number: number): Promise<Soaked> => {
    const found = volumes.get(number);
    if (found !== undefined) return found;
    const volume = await given.volume({ size: soakSize.places * size });
    const made: Soaked = { volume, places: new Map(), backups: [] };
    volumes.set(number, made);
    await write(made, 0);
    return made;
  };
  const ended = async (kept: Kept): Promise<Kept> => {
    if (kept.state === 'asked for')
      kept.state = (await then.ends(kept.backup, { mayFail: true })) ? 'completed' : 'failed';
    return kept;
  };
  const chosen = ({ volume, backup }: { volume: number; backup: number }): Kept | undefined => {
    const { backups = [] } = volumes.get(volume) ?? {};
    const living = backups.filter(({ state }) => state === 'asked for' || state === 'completed');
    return living[backup % living.length];
  };
  const completed = async (choice: { volume: number; backup: number }): Promise<Kept | undefined> => {
    const kept = chosen(choice);
    return kept !== undefined && (await ended(kept)).state === 'completed' ? kept : undefined;
  };

  const makeMutable = async (kept: Kept | undefined): Promise<void> => {
    if (kept?.immutable === undefined) return;
    await when.madeMutable(kept.immutable, kept.backup);
    kept.immutable = undefined;
  };
  /** Lets all that was begun for a volume come to its end; returns the backups that are left. */
  const settled = async ({ volume, backups }: Soaked): Promise<Kept[]> => {
    for (const kept of backups) {
      await makeMutable(kept);
      if ((await ended(kept)).state === 'deleted') await then.goneInTheEnd(kept.backup, { forgotten: true });
    }
    await then.noTicketLeft(volume);
    return backups.filter(({ state }) => state === 'completed');
  };

  const deleteBackupVolume = async (soaked: Soaked): Promise<void> => {
    const left = await settled(soaked);
    if (left.length === 0) return;
    await then.volumeKnown(soaked.volume);
    await when.backupVolumeDeleted(soaked.volume);
    for (const kept of left) {
      kept.state = 'deleted';
      await then.goneInTheEnd(kept.backup, { forgotten: true });
    }
  };

  const takeTargetAway = async ({ volume: { target } }: Soaked): Promise<void> => {
    const left: Kept[] = [];
    for (const soaked of volumes.values()) left.push(...(await settled(soaked)));
    const gone = await when.targetRemoved(target);
    for (const { backup } of left) await then.removedFromCluster(backup, gone);
    await when.targetMadeAgain(target);
    // A backup volume that is still going when the target is looked at for the first time is taken for known.
    await when.storeLookedInto(target);
    for (const { backup } of left) await then.known(backup);
  };

  const doOne = async (action: SoakAction): Promise<void> => {
    if (action.do === 'write') return write(await volumeOf(action.volume), action.place);
    if (action.do === 'look into the store') {
      const { volume } = await volumeOf(action.volume);
      return void (await when.storeLookedInto(volume.target));
    }
    if (action.do === 'back up') {
      const { volume, places, backups } = await volumeOf(action.volume);
      const data = [...places.values()];
      const backup = await when.backedUp(await given.snapshot(volume));
      return void backups.push({ backup, data, state: 'asked for' });
    }
    if (action.do === 'kill the owner') {
      const kept = chosen(action);
      return void (kept && (await when.ownerKilled(kept.backup)));
    }
    if (action.do === 'delete the backup volume') return deleteBackupVolume(await volumeOf(action.volume));
    if (action.do === 'take the target away') return takeTargetAway(await volumeOf(action.volume));
    if (action.do === 'make mutable') {
      const { backups = [] } = volumes.get(action.volume) ?? {};
      return makeMutable(backups.find(({ immutable }) => immutable !== undefined));
    }
    const kept = await completed(action);
    if (kept === undefined) return;
    if (action.do === 'make immutable') {
      kept.immutable ??= await given.immutableConfig(kept.backup);
      return;
    }
    if (action.do === 'restore') return then.restores(kept.backup, kept.data).then(() => undefined);
    if (action.do === 'remove the snapshot') return void (await when.snapshotRemoved(kept.backup));
    await then.volumeKnown(kept.backup.volume);
    kept.state = 'deleted';
    await when.deleted(kept.backup);
  };
  for (const action of actions) await doOne(action);

  for (const soaked of volumes.values()) {
    const { volume, backups } = soaked;
    const left = await settled(soaked);
    const failed = backups.some(({ state }) => state === 'failed');
    await then.storeHolds(
      volume,
      left.map(({ backup }) => backup),
      { afterKill: true, besides: failed },
    );
    if (backups.length > 0) await then.knownAsStored(volume);
    for (const { backup, data } of left) await then.restores(backup, data);
  }
};

const call = (action: SoakAction): string => {
  const of = `volume${action.volume + 1}`;
  const backup = 'backup' in action ? `backups[${action.backup}]` : '';
  const calls: Record<SoakAction['do'], string> = {
    write: `given.data(${of}, { offset: ${'place' in action ? action.place * 4 : 0} * mebibyte, size: 4 * mebibyte })`,
    'back up': `when.backedUp(await given.snapshot(${of}))`,
    delete: `when.deleted(${backup} of ${of})`,
    restore: `then.restores(${backup} of ${of}, data)`,
    'remove the snapshot': `when.snapshotRemoved(${backup} of ${of})`,
    'look into the store': `when.storeLookedInto(${of}.target)`,
    'kill the owner': `when.ownerKilled(${backup} of ${of})`,
    'make immutable': `given.immutableConfig(${backup} of ${of})`,
    'make mutable': `when.madeMutable(immutable, backup of ${of})`,
    'delete the backup volume': `when.backupVolumeDeleted(${of})`,
    'take the target away': `when.targetRemoved(${of}.target); await when.targetMadeAgain(${of}.target)`,
  };
  return calls[action.do];
};

/** Actions as the steps of a scenario, a line each. */
export const describeActions = (actions: readonly SoakAction[]): string[] =>
  actions.map((action) => `await ${call(action)};`);
