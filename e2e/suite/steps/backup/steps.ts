import { ExpectationError, type Step } from '../../../history/expectation.ts';
import type { Duration } from '../../../kube/duration.ts';
import type { Seen } from '../../../longhorn/bugs/bug.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, SnapshotHandle, VolumeHandle } from '../handles.ts';
import { stays, throwFor } from '../judging.ts';
import { judge, storeQuiet } from '../timeouts.ts';
import { judgeRestored } from '../volume/restored.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import {
  compareConfigs,
  makeBackups,
  nextLabel,
  requestBackup,
  touchBackup,
  untilCompleted,
  untilSettled,
} from './backup.ts';
import {
  is,
  isHeldBack,
  isNeverHeldBack,
  isUploading,
  remains,
  waitsAndCompletes,
  waitsFor,
} from './expectations.ts';
import { endedUnseen, lookedTooLate, reportLostLock, reportWording } from './waiting.ts';

/** The steps that make backups before what a scenario is about. */
export const createGivenOfBackups = (context: Context) => {
  const made = async (snapshot: SnapshotHandle): Promise<BackupHandle> => {
    const backup = await requestBackup(context, snapshot);
    await untilCompleted(context, backup);
    return backup;
  };
  const name = (backup: BackupHandle): string => backup.name;

  return {
    /** A completed backup of a snapshot. */
    backup: (snapshot: SnapshotHandle) =>
      context.step.returning(`Given ${nextLabel(context)}, completed`, () => made(snapshot), name),
    /**
     * A completed backup of a volume as it is now, known to its BackupVolume: only such a one is deleted with
     * its files.
     */
    settledBackup: async (volume: VolumeHandle): Promise<BackupHandle> => {
      const settled = await context.step.returning(
        `Given ${nextLabel(context)}, completed and settled`,
        async () => {
          const backup = await made(await makeSnapshot(context, volume));
          await untilSettled(context, backup);
          return backup;
        },
        name,
      );
      await judgeRestored(context, settled);
      return settled;
    },
    /** Completed, settled backups of a volume, each with some blocks of its own. */
    backups: (volume: VolumeHandle, { count }: { count: number }) =>
      context.step.returning(
        `Given ${count} backups of the volume, each with data of its own`,
        () => makeBackups(context, { volume, count }),
        (backups) => `${backups[0]?.name ?? ''} to ${backups.at(-1)?.name ?? ''}`,
      ),
  };
};

/**
 * The steps that make a backup, and have Longhorn look at one. Each returns when Kubernetes has taken the
 * wish.
 */
export const createWhenOfBackups = (context: Context) => ({
  backedUp: (snapshot: SnapshotHandle) =>
    context.step.returning(
      `When ${nextLabel(context)} is made from the snapshot`,
      () => requestBackup(context, snapshot),
      ({ name }) => name,
    ),
  /** Longhorn is made to look at these backups now. */
  lookedAtAgain: (...backups: BackupHandle[]) =>
    context.step(
      `When Longhorn is made to look again at ${backups.map(({ label }) => label).join(' and ')}`,
      async () => {
        for (const backup of backups) await touchBackup(context, backup);
      },
    ),
  /**
   * Longhorn is made to look at a backup that is Deleting, and at the one that waits for it when that has
   * gone. What comes of it is not judged here: each is given the time of two looks of Longhorn's own, and 45 s
   * at the least, as a busy machine was seen to take 20 to begin a backup (both fit into a hold of 120 s). One
   * that came to it only after the hold would pass for a promise that is kept.
   */
  goneOnIfItDoes: (second: BackupHandle, { first }: { first: BackupHandle }) =>
    context.step(`When Longhorn has had the time to go on with ${second.label}`, async () => {
      const { backups } = context.timelines;
      const leaves = async (backup: BackupHandle, state: Step<Backup>): Promise<boolean> => {
        const from = backups.mark();
        await touchBackup(context, backup);
        return stays(
          remains(backups, { backup: { ...backup, from }, state }),
          `${Math.max(2 * context.clocks.resync, 45_000)}ms`,
        ).then(
          () => false,
          (error: unknown) => {
            if (error instanceof ExpectationError && error.verdict.state === 'broken') return true;
            throw error;
          },
        );
      };
      if (await leaves(first, is('Deleting'))) await leaves(second, waitsFor(first, context.version));
    }),
});

type Pair = { first: BackupHandle; second: BackupHandle };

/**
 * The steps that judge how a backup is made, and what the store holds. All but those on the store judge
 * histories, from before the action on.
 */
export const createThenOfBackups = (context: Context) => {
  const { timelines, version, clocks, timeouts, store, report } = context;
  const { backups } = timelines;
  const made = (backup: BackupHandle) => ({ backup: { ...backup, from: backup.since.made }, version });
  const waiting = ({ first, second }: Pair) => ({ second: made(second).backup, first, version });

  return {
    /** The backup goes Pending, saying that it waits for the other one to be deleted. */
    heldBack: (second: BackupHandle, { first }: { first: BackupHandle }) =>
      context.step(
        `Then ${second.label} is Pending and says that it waits for ${first.label} to be deleted`,
        async () => {
          await judge(isHeldBack(backups, waiting({ first, second })), timeouts.pending).catch(
            (error: unknown) => {
              throw lookedTooLate(backups, { error, second, first }) ?? error;
            },
          );
          return reportWording(report, { entries: backups.entries, backup: second, version });
        },
        (message) => `"${message}"`,
      ),
    /**
     * Its whole history: Pending, never InProgress while the other one is Deleting, InProgress, Completed.
     */
    waitedAndCompleted: (second: BackupHandle, { first }: { first: BackupHandle }) =>
      context.step(
        `Then ${second.label} goes Pending, InProgress, Completed, and was never InProgress while ${first.label} was Deleting`,
        async () => {
          try {
            await judge(waitsAndCompletes(backups, waiting({ first, second })), timeouts.secondCompleted);
          } catch (error) {
            throw (
              endedUnseen(backups, { error, second, first }) ??
              reportLostLock(report, {
                error,
                backup: second,
                current: backups.current(second.name),
                version,
              })
            );
          }
        },
      ),
    /** For this long, from now on, the first backup stays Deleting and the second one Pending. */
    nothingMoves: ({ first, second }: Pair, time: Duration) =>
      context.step(
        `Then for ${time} ${first.label} stays Deleting, and ${second.label} Pending`,
        async () => {
          const from = backups.mark();
          const expected: [BackupHandle, Step<Backup>][] = [
            [first, is('Deleting')],
            [second, waitsFor(first, version)],
          ];
          await Promise.all(
            expected.map(([backup, state]) =>
              stays(remains(backups, { backup: { ...backup, from }, state }), time),
            ),
          );
        },
      ),
    /** The upload of the backup is under way. */
    uploading: (backup: BackupHandle) =>
      context.step(`Then ${backup.label} is InProgress`, () =>
        judge(isUploading(backups, made(backup)), timeouts.secondCompleted),
      ),
    /** Whatever is done beside it, the upload goes on to its end. */
    undisturbed: (backup: BackupHandle) =>
      context.step(`Then ${backup.label} goes InProgress and Completed, undisturbed`, () =>
        judge(isNeverHeldBack(backups, made(backup)), timeouts.secondCompleted),
      ),
    completed: (backup: BackupHandle) =>
      context.step(`Then ${backup.label} is Completed`, () => untilCompleted(context, backup)),
    /** The store still has the backup's config, whatever works on it. */
    stillInStore: (backup: BackupHandle) =>
      context.step(`Then the store still has the config of ${backup.label}`, async () => {
        const found = await store.backups(backup.volume.name);
        if (!found.includes(backup.name))
          throw new Error(
            `the store has no config of ${backup.label} (${backup.name}) any more; it has: ${found.join(', ') || 'none'}`,
          );
      }),
    /**
     * When nothing works on the volume any more: its folder in the store is sound, has a config of these
     * backups and of no other. `afterKill`: a process that was killed, or shut out, may have left its lock, and volume.cfg
     * as it was. `besides`: what else is there, be it other backups, one that was never finished, or blocks that
     * nobody needs, is looked at by nobody. `without`: the config of that backup was taken away, and volume.cfg
     * may still name it as the last. `inside`: another store than the first of the scenario's.
     */
    storeHolds: async (
      volume: VolumeHandle,
      expected: readonly BackupHandle[],
      {
        afterKill = false,
        besides = false,
        without,
        inside = store,
      }: { afterKill?: boolean; besides?: boolean; without?: BackupHandle; inside?: RunningStore } = {},
    ): Promise<void> => {
      await context.step(
        `Then the ${inside === store ? '' : 'other '}store holds ${expected.map(({ label }) => label).join(' and ') || 'no backup'} whole${besides ? '' : ', and nothing else'}`,
        async () => {
          const found = await inside.inspect(volume.name, {
            ...storeQuiet(clocks),
            ...(afterKill && { abandonedAfter: clocks.lockLife / 1000 }),
            ...(besides && { only: expected.map(({ name }) => name) }),
            ...(without && { without: without.name }),
          });
          const { gone, left, problems: ofConfigs } = compareConfigs(expected, found.backups, { besides });
          const problems = [...ofConfigs, ...found.problems.map(({ message }) => message)];
          const codes = [...new Set(found.problems.map(({ code }) => code))];
          const seen: Seen = { of: 'store', findings: codes, gone, left };
          throwFor(problems, `the store's folder of volume ${volume.name} is not as expected`, seen);
          for (const { message } of found.leftByKill)
            report.finding(
              toFinding('killed-deletion-leaves-last-backup', `Longhorn ${version}: ${message}.`),
            );
          return found;
        },
        ({ blocks }) =>
          `${blocks} blocks, ${besides ? 'none of its own missing' : 'all of them referred to'}`,
      );
      for (const backup of expected) await judgeRestored(context, backup);
    },
  };
};
