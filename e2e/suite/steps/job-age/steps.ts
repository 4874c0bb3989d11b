import { timeoutOf, waitUntil } from '../../../history/expectation.ts';
import { lastEntryUpTo } from '../../../history/history.ts';
import { parseDuration } from '../../../kube/duration.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import type { Context } from '../context.ts';
import { untilGone } from '../deletion/deletion.ts';
import { type BackupHandle, listLabels, type VolumeHandle } from '../handles.ts';
import { type JobHandle, lastRun, makeRecurringJob } from '../job/job.ts';
import { problemsOfLog, readLogOf } from '../job/log.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import type { Timeout } from '../timeouts.ts';

// In whole seconds, as the times of backups are.
const secondsOf = ({ timeouts }: Context): number =>
  Math.ceil(parseDuration(timeouts.keptByAge.within) / 1000);

/** When a backup was created, by Longhorn, in ms since the epoch: from then on a job counts its age. */
const createdAt = async (
  { timelines: { backups }, timeouts }: Context,
  { name, label }: BackupHandle,
): Promise<number> => {
  // The backup may be gone by now.
  const known = lastEntryUpTo(backups, name, backups.lastSequence())?.object.status?.backupCreatedAt;
  if (known) return Date.parse(known);
  const { status } = await waitUntil(backups, (each) => Boolean(each.status?.backupCreatedAt), {
    name,
    label: `Longhorn knows when ${label} was created`,
    describe: describeBackup,
    ...timeouts.backupVolumeKnown,
  });
  return Date.parse(status?.backupCreatedAt ?? '');
};

// The cleanup took place between the creation of the run's own backup and the end of its Job.
const mustBeOfAge = async (
  context: Context,
  job: JobHandle,
  { old, young }: { old: BackupHandle[]; young: BackupHandle[] },
): Promise<void> => {
  const { label, job: name } = lastRun(job);
  const own = young.at(-1);
  const begun = own === undefined ? Number.NaN : await createdAt(context, own);
  const ended = Date.parse(job.watched.jobs.current(name)?.status?.completionTime ?? '');
  const expiry = async (each: BackupHandle): Promise<number> =>
    (await createdAt(context, each)) + secondsOf(context) * 1000;
  for (const each of old)
    if (!((await expiry(each)) < begun))
      throw new InconclusiveError(`${each.label} was not too old yet when ${label} cleaned up`);
  for (const each of young)
    if (!((await expiry(each)) > ended))
      throw new InconclusiveError(`${each.label} may have been too old when ${label} cleaned up`);
};

/** The steps for recurring jobs that keep backups by their age, which Longhorn has since v1.13. */
export const jobAgeSteps = {
  /** Its retain is 1, which is not to matter. It runs only when a step starts it. */
  'given.jobByAge': step({
    sentence: 'Given a recurring job that backs the volume up and keeps each backup for {age}',
    parameters: (_, { ageless } = {}) => ({
      age: (context: Context) => (ageless ? '0 s' : `${secondsOf(context)} s`),
    }),
    action: (context: Context, volume: VolumeHandle, { ageless }: { ageless?: boolean } = {}) =>
      makeRecurringJob(context, volume, { age: `${ageless ? 0 : secondsOf(context)}s` }),
    detail: ({ name }) => name,
  }),
  /** Observes backups until they have `half` or `all` of the age at which a job removes them. */
  'then.staysUntil': step({
    sentence: 'Then {backups} stays until it has {share} for which the job keeps it',
    parameters: (backups, share) => ({
      backups: listLabels(backups),
      share: share === 'half' ? 'half the age' : 'the age',
    }),
    waitsForTimer: true,
    action: async (context: Context, backups: readonly BackupHandle[], share: 'half' | 'all') => {
      const age = secondsOf(context) * (share === 'half' ? 500 : 1000);
      for (const backup of backups) {
        const { name, label } = backup;
        const due = (await createdAt(context, backup)) + age;
        // By this machine's clock. If the cluster's differs, then.keptByAge is inconclusive.
        const { owner } = context.timeouts.keptByAge;
        const limit: Timeout = { within: `${Math.max(1, due - Date.now())}ms`, owner };
        if ((await timeoutOf(untilGone(context, backup, limit))) === undefined)
          throw new Error(`${label} (${name}) is removed, and is not too old`);
      }
    },
  }),
  /**
   * `old`: backups of the job that were too old for the cleanup of the last run, whose Job is Complete. `young`: those
   * that were not; the last is the run's own. `beside`: backups that are old too, and not of the job.
   */
  'then.keptByAge': step({
    sentence: 'Then {run} has removed {old}, and left {young}',
    parameters: (job, { old, young, beside = [] }) => ({
      run: lastRun(job).label,
      old: old.length === 0 ? 'nothing' : `${listLabels(old)}, for its age`,
      young: listLabels([...beside, ...young]),
    }),
    waitsForTimer: true,
    action: async (
      context: Context,
      job: JobHandle,
      { old, young, beside = [] }: { old: BackupHandle[]; young: BackupHandle[]; beside?: BackupHandle[] },
    ) => {
      const { timelines, timeouts, version } = context;
      const run = lastRun(job);
      await mustBeOfAge(context, job, { old: [...old, ...beside], young });
      const lines = await readLogOf(job, { run, version, limit: timeouts.jobLogEnds });
      const names = old.map(({ name }) => name);
      throwIfAny(
        problemsOfLog(lines, { cleanup: 'done', old: names, due: names }),
        `the log of ${run.label} (${run.job}) is not as expected`,
      );
      for (const each of old) await untilGone(context, each, timeouts.oldBackupsDeleted);
      const lost = [...beside, ...young].filter(({ name }) => {
        const found = timelines.backups.current(name);
        return !found || found.metadata.deletionTimestamp || backupState(found) !== 'Completed';
      });
      throwIfAny(
        lost.map(({ name, label }) => `${label} (${name}) is gone, or is to go`),
        `${run.label} has removed too much`,
      );
    },
  }),
};
