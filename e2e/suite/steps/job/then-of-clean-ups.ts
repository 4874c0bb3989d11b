import { toFinding } from '../../../longhorn/differences/differences.ts';
import { onceGone } from '../../../history/expectation.ts';
import { inForceAt } from '../../../history/history.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { describeSnapshot } from '../volume/snapshot.ts';
import { oldOneFails, oldOneGoes, type Refusing, refusals } from './clean-up-expectations.ts';
import type { JobHandle } from './handles.ts';
import { type CleanUp, problemsOfLog, readLogOf, tellingLine } from './log.ts';
import { lastTick } from './ticks.ts';

/** The steps that judge how the runs of a recurring job clean up; `backups` are those that the runs made, in their order. */
export type ThenOfCleanUps = {
  /** The log of the last run tells of its clean-up as this Longhorn does, and each line of it is known. */
  jobLogs(job: JobHandle, of: { cleanUp: CleanUp; backups: readonly BackupHandle[] }): Promise<void>;
  /** Each old backup goes Deleting, and Error: that the engine or the store refuses its deletion, only the Backup tells. */
  oldOnesFail(job: JobHandle, of: { by: Refusing; backups: readonly BackupHandle[] }): Promise<void>;
  /** All of them are in the store still. */
  allStay(backups: readonly BackupHandle[]): Promise<void>;
  /** Each old backup is gone in the end, and the snapshot that it was made of. */
  oldOnesGo(job: JobHandle, backups: readonly BackupHandle[]): Promise<void>;
};

/** Makes those steps. */
export const createThenOfCleanUps = (context: Context): ThenOfCleanUps => {
  const { timelines, version, limits, expected, store, report } = context;
  const old = ({ retain }: JobHandle, backups: readonly BackupHandle[]) => backups.slice(0, -retain);
  const actor = (backup: BackupHandle) => ({ backup: { ...backup, from: backup.since.made }, version });

  return {
    jobLogs: (job, { cleanUp, backups }) =>
      context
        .step(
          `Then the log of ${lastTick(job).label} says of its clean-up: ${cleanUp}`,
          async () => {
            const tick = lastTick(job);
            const lines = await readLogOf(job, { tick, version, limit: limits.jobLogEnds });
            const before = backups.filter(({ since }) => since.made < tick.from);
            const isDue = ({ name }: BackupHandle): boolean =>
              timelines.backups.current(name) !== undefined ||
              inForceAt(timelines.backups, name, tick.from)?.object.metadata.deletionTimestamp === undefined;
            const problems = problemsOfLog(lines, {
              cleanUp,
              old: before.map(({ name }) => name),
              due: before.filter(isDue).map(({ name }) => name),
            });
            if (problems.length > 0)
              throw new Error(
                `the log of ${tick.label} (${tick.job}) is not as expected:\n${problems.map((line) => `- ${line}`).join('\n')}`,
              );
            return tellingLine(lines);
          },
          (line) => (line === undefined ? 'no warning, no error' : `"${line}"`),
        )
        .then((line) => {
          if (line === undefined) return;
          if (cleanUp === 'done, or too early') report.finding(toFinding('first-run-warns', `Longhorn ${version} says "${line}".`));
          // Once is enough: each later run says the same.
          else if (cleanUp !== 'nothing made' && job.ticks.length === 2)
            report.finding(toFinding('cleanup-warning-wording', `Longhorn ${version} says "${line}".`));
        }),
    oldOnesFail: (job, { by, backups }) =>
      context.step(
        `Then each of the ${old(job, backups).length} old backups goes Deleting, and Error with the refusal of ${by}`,
        async () => {
          expected.push(...old(job, backups).map(({ name }) => ({ id: refusals[by], of: name })));
          const { within, owner } = limits.oldOnesFail;
          for (const backup of old(job, backups)) await oldOneFails(timelines.backups, { ...actor(backup), by }).within(within, owner);
          report.finding(
            toFinding('cleanup-fails-unseen', `The deletion of ${old(job, backups).length} backups failed in no log of a run.`),
          );
        },
      ),
    allStay: (backups) =>
      context.step(`Then the store still has all ${backups.length} backups`, async () => {
        const [first] = backups;
        const found = first === undefined ? [] : await store.backups(first.volume.name);
        const [missing, more] = [
          backups.filter(({ name }) => !found.includes(name)),
          found.filter((name) => !backups.some((each) => each.name === name)),
        ];
        if (missing.length > 0)
          throw new Error(`the store has no config of ${missing.map(({ label, name }) => `${label} (${name})`).join(', ')} any more`);
        if (more.length > 0) throw new Error(`the store has backups that no run made: ${more.join(', ')}`);
      }),
    oldOnesGo: (job, backups) =>
      context.step(`Then each of the ${old(job, backups).length} old backups is gone in the end, and its snapshot`, async () => {
        const { within, owner } = limits.oldOnesGo;
        const snapshotGone = ({ label, snapshot: { name } }: BackupHandle) =>
          onceGone(timelines.snapshots, {
            name,
            label: `the snapshot of ${label} is gone`,
            describe: describeSnapshot,
            ...limits.snapshotsGone,
          });
        await Promise.all(
          old(job, backups).flatMap((backup) => [oldOneGoes(timelines.backups, actor(backup)).within(within, owner), snapshotGone(backup)]),
        );
      }),
  };
};
