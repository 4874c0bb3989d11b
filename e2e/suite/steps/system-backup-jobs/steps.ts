import { waitUntil } from '../../../history/expectation.ts';
import { systemBackupJobLabel } from '../../../longhorn/job-types.ts';
import { defaultBackupTarget } from '../../../longhorn/resources.ts';
import type { SystemBackup } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { listLabels, type SystemBackupHandle, type TargetHandle } from '../handles.ts';
import { jobCompletes } from '../job/expectations.ts';
import { type AnyJobHandle, lastRun, makeAnyJob } from '../job/job.ts';
import { InconclusiveError } from '../judging.ts';
import { step } from '../step.ts';
import {
  brokenBySystemBackup,
  currentSystemBackup,
  describeSystemBackup,
  systemBackupState,
  untilSystemBackupGone,
  watchedSystemBackups,
} from '../system-backup/system-backup.ts';
import { judgeWithin } from '../timeouts.ts';

/** A recurring job with the task system-backup. `made`: the names of its system backups, as the watch has shown them. */
type SystemBackupJob = AnyJobHandle & { target: TargetHandle; made: Set<string> };

const jobOfSystemBackup = ({ metadata }: SystemBackup): string | undefined =>
  metadata.labels?.[systemBackupJobLabel];

// Longhorn takes no system backup while the default target is not available.
const isAvailable = ({ timelines }: Context): boolean =>
  timelines.backupTargets.current(defaultBackupTarget)?.status?.available === true;

/** The steps for recurring jobs with the task system-backup. They have no volumes. */
export const systemBackupJobSteps = {
  /** Without backups of volumes: those would be of all in the cluster. It runs only when a step starts it. */
  'given.systemBackupJob': step({
    sentence: 'Given a recurring job with the task system-backup that keeps {kept}',
    parameters: (_, { keeps }) => ({ kept: keeps === 1 ? 'one system backup' : `${keeps} system backups` }),
    action: async (
      context: Context,
      target: TargetHandle,
      { keeps: retain }: { keeps: number },
    ): Promise<SystemBackupJob> => {
      const timeline = await watchedSystemBackups(context);
      const parameters = { 'volume-backup-policy': 'disabled' };
      const job = await makeAnyJob(context, { task: 'system-backup', retain, labels: {}, parameters });
      const made = new Set<string>();
      timeline.onEntry((entry) => {
        if (entry.kind === 'gap' || jobOfSystemBackup(entry.object) !== job.name) return;
        const { name } = entry.object.metadata;
        if (!made.has(name)) context.made.systemBackups.push(name);
        made.add(name);
      });
      return { ...job, target, made };
    },
    detail: ({ name }) => name,
  }),
  /** Returns when the Job of the run is Complete too: its cleanup has then asked for all deletions. */
  'then.runMakesSystemBackup': step({
    sentence: 'Then {run} makes one system backup, which goes {end}, and its Job is Complete',
    parameters: (job, end) => ({ run: lastRun(job).label, end }),
    action: async (
      context: Context,
      job: SystemBackupJob,
      end: 'Ready' | 'Error',
    ): Promise<SystemBackupHandle> => {
      const { timeouts } = context;
      const timeline = await watchedSystemBackups(context);
      const run = lastRun(job);
      const before = new Set(
        timeline.entries.flatMap((entry) =>
          entry.kind === 'gap' || entry.sequence > run.from ? [] : [entry.object.metadata.name],
        ),
      );
      const isOfRun = (object: SystemBackup): boolean =>
        jobOfSystemBackup(object) === job.name && !before.has(object.metadata.name);
      try {
        const found = await waitUntil(
          timeline,
          (object) => isOfRun(object) && ['Ready', 'Error'].includes(systemBackupState(object)),
          {
            label: `${run.label} has made a system backup`,
            describe: describeSystemBackup,
            ...timeouts.jobEnds,
          },
        );
        const { name } = found.metadata;
        const label = `the system backup of ${run.label}`;
        const made = { name, label, version: found.status?.version ?? '', target: job.target };
        if (systemBackupState(found) !== end)
          throw new Error(`${label} (${name}) is ${describeSystemBackup(found)}, not ${end}`);
        await judgeWithin(jobCompletes(job.watched.jobs, run), timeouts.jobEnds);
        const more = [...job.made].filter((each) => each !== name && !before.has(each));
        if (more.length > 0) throw new Error(`${run.label} has also made ${more.join(', ')}`);
        return made;
      } catch (error) {
        if (isAvailable(context)) throw error;
        throw new InconclusiveError(`${run.label} met a backup target that is not available`, {
          cause: error,
        });
      }
    },
    detail: ({ name }) => name,
  }),
  /** The Job of the last run is Complete. */
  'then.systemBackupsKept': step({
    sentence: 'Then {run} has left {kept}, and {removed} of the job',
    parameters: (job, { kept, removed }) => ({
      run: lastRun(job).label,
      kept: listLabels(kept),
      removed: removed.length === 0 ? 'removed none' : `removed ${listLabels(removed)}`,
    }),
    action: async (
      context: Context,
      job: SystemBackupJob,
      { kept, removed }: { kept: readonly SystemBackupHandle[]; removed: readonly SystemBackupHandle[] },
    ) => {
      const { label } = lastRun(job);
      for (const each of kept) {
        const found = await currentSystemBackup(context, each);
        if (found === undefined || found.metadata.deletionTimestamp || systemBackupState(found) !== 'Ready')
          throw new Error(
            `${each.label} (${each.name}) is ${found === undefined ? 'gone' : `${describeSystemBackup(found)}, or being deleted`}, after ${label}`,
          );
      }
      for (const each of removed) {
        const found = await currentSystemBackup(context, each);
        if (found === undefined || found.metadata.deletionTimestamp) {
          await untilSystemBackupGone(context, each);
          continue;
        }
        const problem = `${label} has kept ${each.label} (${each.name}), besides the ${job.retain} that it is to keep`;
        if (jobOfSystemBackup(found) === job.name) throw new Error(problem);
        throw brokenBySystemBackup(
          `${problem}: it has no label of the job any more`,
          each,
          'without the label of its job',
        );
      }
    },
  }),
};
