import type { Injected } from '../faults/fault.ts';
import type { Backup } from '../longhorn/types.ts';
import type { Duration } from '../observe/duration.ts';
import type { Expectation, Step } from '../observe/expectation.ts';
import { sinceDeleted } from './backup.ts';
import type { Context } from './context.ts';
import { type Actor, is, isBeingDeleted, isDeleted, isHeldBack, remains, waitsAndCompletes, waitsFor } from './expectations.ts';
import { reportLostLock, reportWording } from './findings.ts';
import type { BackupHandle, VolumeHandle } from './handles.ts';
import { type Limit, limits, storeQuiet } from './limits.ts';
import { stays } from './stays.ts';
import { createThenOfErrors, type ThenOfErrors } from './then-of-errors.ts';

/** The steps that judge. All but those on the store judge histories, from before the action on. */
export type Then = ThenOfErrors & {
  /** The backup goes Pending, saying that it waits for the other one to be deleted. */
  heldBack(second: BackupHandle, by: { first: BackupHandle }): Promise<void>;
  /** Its whole history: Pending, never InProgress while the other one is Deleting, InProgress, Completed. */
  waitedAndCompleted(second: BackupHandle, by: { first: BackupHandle }): Promise<void>;
  /** Longhorn has taken up the deletion of a completed backup. */
  deleting(backup: BackupHandle): Promise<void>;
  /** A completed backup goes Deleting and is gone. */
  deleted(backup: BackupHandle): Promise<void>;
  /** For this long, from now on, the first backup stays Deleting and the second one Pending. */
  nothingMoves(pair: { first: BackupHandle; second: BackupHandle }, time: Duration): Promise<void>;
  /** The fault is in force now. */
  inForce(fault: Injected): Promise<void>;
  /** The store still has the backup's config, whatever works on it. */
  stillInStore(backup: BackupHandle): Promise<void>;
  /**
   * When nothing works on the volume any more: its folder in the store is sound, has a config of these backups and of no other.
   * `afterKill`: a process that was killed may have left its lock.
   */
  storeHolds(volume: VolumeHandle, backups: BackupHandle[], options?: { afterKill?: boolean }): Promise<void>;
};

/** Makes the then steps of a scenario. */
export const createThen = (context: Context): Then => {
  const { timelines, version, clocks, store, report } = context;
  const { backups } = timelines;
  const judge = async (expectation: Expectation<Backup>, { within, owner }: Limit) => expectation.within(within, owner);
  const waiting = (second: BackupHandle, first: BackupHandle) => ({ second: actor(second, second.since.made), first, version });

  return {
    ...createThenOfErrors(context),
    heldBack: (second, { first }) =>
      context
        .step(
          `Then ${second.label} is Pending and says that it waits for ${first.label} to be deleted`,
          async () => {
            await judge(isHeldBack(backups, waiting(second, first)), limits.pending);
            return reportWording(report, { entries: backups.entries, backup: second, version });
          },
          (message) => `"${message}"`,
        )
        .then(() => {}),
    waitedAndCompleted: (second, { first }) =>
      context.step(
        `Then ${second.label} goes Pending, InProgress, Completed, and was never InProgress while ${first.label} was Deleting`,
        async () => {
          try {
            await judge(waitsAndCompletes(backups, waiting(second, first)), limits.secondCompleted);
          } catch (error) {
            throw reportLostLock(report, { error, backup: second, current: backups.current(second.name), version });
          }
        },
      ),
    deleting: (backup) =>
      context
        .step(`Then ${backup.label} is Deleting`, () => judge(isBeingDeleted(backups, deletedActor(backup)), limits.deleting))
        .then(() => {}),
    deleted: (backup) =>
      context
        .step(`Then ${backup.label} goes Deleting, and is gone`, () => judge(isDeleted(backups, deletedActor(backup)), limits.firstDeleted))
        .then(() => {}),
    nothingMoves: ({ first, second }, time) =>
      context.step(`Then for ${time} ${first.label} stays Deleting, and ${second.label} Pending`, async () => {
        const from = backups.mark();
        const expected: [BackupHandle, Step<Backup>][] = [
          [first, is('Deleting')],
          [second, waitsFor(first, version)],
        ];
        await Promise.all(expected.map(([backup, state]) => stays(remains(backups, { backup: actor(backup, from), state }), time)));
      }),
    inForce: (fault) =>
      context
        .step(
          `Then ${fault.title}`,
          () => fault.prove(),
          (evidence) => evidence,
        )
        .then(() => {}),
    stillInStore: (backup) =>
      context.step(`Then the store still has the config of ${backup.label}`, async () => {
        const found = await store.backups(backup.volume.name);
        if (!found.includes(backup.name))
          throw new Error(`the store has no config of ${backup.label} (${backup.name}) any more; it has: ${found.join(', ') || 'none'}`);
      }),
    storeHolds: (volume, expected, { afterKill = false } = {}) =>
      context
        .step(
          `Then the store holds ${expected.map(({ label }) => label).join(' and ') || 'no backup'} whole, and nothing else`,
          async () => {
            const found = await store.inspect(volume.name, { ...storeQuiet, ...(afterKill && { abandonedAfter: clocks.lockLife / 1000 }) });
            const names = expected.map(({ name }) => name).sort();
            const problems = [
              ...names.filter((name) => !found.backups.includes(name)).map((name) => `backup ${name} has no config`),
              ...found.backups.filter((name) => !names.includes(name)).map((name) => `backup ${name} still has a config`),
              ...found.problems,
            ];
            if (problems.length > 0)
              throw new Error(
                `the store's folder of volume ${volume.name} is not as expected:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
              );
            return found;
          },
          ({ blocks }) => `${blocks} blocks, all of them referred to`,
        )
        .then(() => {}),
  };
};

const actor = ({ name, label }: BackupHandle, from: number): Actor => ({ name, label, from });

const deletedActor = (backup: BackupHandle): Actor => actor(backup, sinceDeleted(backup));
