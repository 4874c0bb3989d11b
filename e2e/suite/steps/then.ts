import type { Injected } from '../../faults/fault.ts';
import type { Step } from '../../history/expectation.ts';
import type { Duration } from '../../kube/duration.ts';
import { toFinding } from '../../longhorn/differences/differences.ts';
import type { Backup } from '../../longhorn/types.ts';
import { sinceDeleted } from './backup/backup.ts';
import { endedUnseen } from './backup/ended-unseen.ts';
import { type Actor, is, isBeingDeleted, isDeleted, isHeldBack, remains, waitsAndCompletes, waitsFor } from './backup/expectations.ts';
import { reportLostLock, reportWording } from './backup/findings.ts';
import { lookedTooLate } from './backup/looked-too-late.ts';
import type { Context } from './context.ts';
import { createThenOfErrors, type ThenOfErrors } from './deletion/steps.ts';
import type { BackupHandle, VolumeHandle } from './handles.ts';
import { createThenOfJobs, type ThenOfJobs } from './job/steps.ts';
import { judge, storeQuiet } from './limits.ts';
import { createThenOfLocks, type ThenOfLocks } from './lock/steps.ts';
import { stays } from './stays.ts';
import { createThenOfPages, type ThenOfPages } from './ui/steps.ts';
import { judgeRestored } from './volume/judge-restored.ts';

/** The steps that judge. All but those on the store judge histories, from before the action on. */
export type Then = ThenOfErrors &
  ThenOfLocks &
  ThenOfJobs &
  ThenOfPages & {
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
     * `afterKill`: a process that was killed may have left its lock, and volume.cfg as it was.
     */
    storeHolds(volume: VolumeHandle, backups: BackupHandle[], options?: { afterKill?: boolean }): Promise<void>;
  };

/** Makes the then steps of a scenario. */
export const createThen = (context: Context): Then => {
  const { timelines, version, clocks, limits, store, report } = context;
  const { backups } = timelines;
  const waiting = (second: BackupHandle, first: BackupHandle) => ({ second: actor(second, second.since.made), first, version });

  return {
    ...createThenOfErrors(context),
    ...createThenOfLocks(context),
    ...createThenOfJobs(context),
    ...createThenOfPages(context),
    heldBack: (second, { first }) =>
      context
        .step(
          `Then ${second.label} is Pending and says that it waits for ${first.label} to be deleted`,
          async () => {
            await judge(isHeldBack(backups, waiting(second, first)), limits.pending).catch((error: unknown) => {
              throw lookedTooLate(backups, { error, second, first }) ?? error;
            });
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
            throw (
              endedUnseen(backups, { error, second, first }) ??
              reportLostLock(report, { error, backup: second, current: backups.current(second.name), version })
            );
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
    storeHolds: async (volume, expected, { afterKill = false } = {}) => {
      await context.step(
        `Then the store holds ${expected.map(({ label }) => label).join(' and ') || 'no backup'} whole, and nothing else`,
        async () => {
          const found = await store.inspect(volume.name, {
            ...storeQuiet(clocks),
            ...(afterKill && { abandonedAfter: clocks.lockLife / 1000 }),
          });
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
          for (const left of found.leftByKill)
            report.finding(toFinding('killed-deletion-leaves-last-backup', `Longhorn ${version}: ${left}.`));
          return found;
        },
        ({ blocks }) => `${blocks} blocks, all of them referred to`,
      );
      for (const backup of expected) await judgeRestored(context, backup);
    },
  };
};

const actor = ({ name, label }: BackupHandle, from: number): Actor => ({ name, label, from });

const deletedActor = (backup: BackupHandle): Actor => actor(backup, sinceDeleted(backup));
