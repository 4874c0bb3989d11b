import { isDeepStrictEqual } from 'node:util';
import { timeoutOf, waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { lossOf } from '../../../kube/objects.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { defaultGroup, volumeGroupLabel, volumeJobLabel } from '../../../longhorn/job-types.ts';
import { managerLogs, managersLogged } from '../../../longhorn/manager.ts';
import type { Volume } from '../../../longhorn/types.ts';
import { readBackup } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, SnapshotHandle, VolumeHandle } from '../handles.ts';
import { describeJob, isMadeAlone } from '../job/expectations.ts';
import {
  type DeletedBy,
  deleteJob,
  type JobHandle,
  type JobOptions,
  lastRun,
  makeAnyJob,
  makeRecurringJob,
} from '../job/job.ts';
import { isBackupSince, madeByRuns } from '../job/runs.ts';
import { InconclusiveError, isRefusal, PromiseBroken, throwIfAny } from '../judging.ts';
import { changeSetting } from '../setting/setting.ts';
import { step } from '../step.ts';
import { judgeWithin } from '../timeouts.ts';
import { untilSnapshotGone, untilSnapshotMarked } from '../volume/snapshot.ts';
import { askForVolume, attach, detach, readyNodes } from '../volume/volume.ts';
import {
  failsToRemoveLabels,
  isReadyAndKept,
  jobHistoryLimitOf,
  jobLabelsOf,
  wrongInSnapshots,
} from './tasks.ts';

const historyLimit = 'recurring-successful-jobs-history-limit';

// Waits for the backup that the last run of a job makes.
const runsBackup = async (
  { timelines: { backups }, timeouts }: Context,
  job: JobHandle,
): Promise<BackupHandle> => {
  const { label, from } = lastRun(job);
  const { volume } = job;
  const made = await waitUntil(backups, isBackupSince(backups, { from, volume: volume.name }), {
    label: `${label} has made a backup`,
    ...timeouts.jobEnds,
  });
  const snapshot = { name: made.spec.snapshotName ?? '', volume };
  return {
    name: made.metadata.name,
    label: `the backup of ${label}`,
    volume,
    snapshot,
    since: { made: from },
  };
};

// Throws if a backup was Completed before something that was to happen during its upload.
const throwIfCompleted = (
  { timelines }: Context,
  { name, label }: Pick<BackupHandle, 'name' | 'label'>,
  before: string,
): void => {
  const found = timelines.backups.current(name);
  if (found && backupState(found) === 'Completed')
    throw new InconclusiveError(`${label} was completed before ${before}`);
};

/** The steps for jobs with tasks other than backups, and for the volumes that take part in jobs. */
export const jobTaskSteps = {
  /** Creates a job that makes or deletes snapshots of a volume. It runs only when a step starts it. */
  'given.snapshotJob': step({
    sentence: 'Given a recurring job with the task {task} that keeps {kept}',
    parameters: (_, { task, keeps = 1 }) => ({
      task,
      kept: keeps === 1 ? 'one snapshot' : `${keeps || 'no'} snapshots`,
    }),
    action: (
      context: Context,
      volume: VolumeHandle,
      how: JobOptions & { task: 'snapshot' | 'snapshot-cleanup' | 'snapshot-delete' },
    ) => makeRecurringJob(context, volume, how),
    detail: ({ name }) => name,
  }),
  /** It trims the file system of a volume. It runs only when a step starts it. */
  'given.trimJob': step({
    sentence: 'Given a recurring job with the task filesystem-trim',
    action: (context: Context, volume: VolumeHandle) =>
      makeRecurringJob(context, volume, { task: 'filesystem-trim', keeps: 0 }),
    detail: ({ name }) => name,
  }),
  /** Changes a setting of Longhorn until `when.released`. It applies to jobs that are made afterwards. */
  'given.jobHistory': step({
    sentence: 'Given that Longhorn is to keep the Jobs of {count} runs of a recurring job',
    action: (context: Context, count: number) =>
      changeSetting(context, {
        title: `the Jobs of ${count} runs of a recurring job are kept`,
        name: historyLimit,
        after: String(count),
      }),
  }),
  'then.runsKept': step({
    sentence: 'Then the Jobs of the newest {count} runs are kept, and those of the others are removed',
    parameters: (_, count) => ({ count }),
    action: async ({ timeouts }: Context, { name, runs, watched }: JobHandle, count: number) => {
      await waitUntil(watched.cronJobs, (cronJob) => jobHistoryLimitOf(cronJob) === count, {
        name,
        label: `CronJob ${name} keeps ${count} Jobs`,
        describe: (cronJob) => `it keeps ${jobHistoryLimitOf(cronJob)}`,
        ...timeouts.jobHistoryKept,
      });
      for (const { job, label } of runs.slice(0, -count))
        await waitUntilGone(watched.jobs, {
          name: job,
          label: `the Job of ${label} is removed`,
          describe: describeJob,
          ...timeouts.jobHistoryKept,
        });
      const lost = runs.slice(-count).filter(({ job }) => watched.jobs.current(job) === undefined);
      throwIfAny(
        lost.map(({ job, label }) => `the Job of ${label} (${job}) is removed too`),
        `not ${count} Jobs are kept`,
      );
    },
  }),
  /** Also checks that the last run made no backup. */
  'then.snapshotTaken': step({
    sentence: 'Then {run} has taken one snapshot, with the labels of its job, and made no backup',
    parameters: (job) => ({ run: lastRun(job).label }),
    action: async (
      { timelines, made, timeouts }: Context,
      job: JobHandle,
      labels: Record<string, string>,
    ): Promise<SnapshotHandle> => {
      const { name, volume, runs } = job;
      const ofLast = () => {
        const all = madeByRuns(timelines, {
          ...{ job: name, volume: volume.name, runs, others: made.snapshots },
        });
        return all.slice(-1);
      };
      const isNew = (one: string): boolean =>
        ofLast().some(({ snapshots }) => snapshots.some(({ metadata }) => metadata.name === one));
      const taken = await waitUntil(
        timelines.snapshots,
        (each) => isNew(each.metadata.name) && isReadyAndKept(each),
        {
          label: `${lastRun(job).label} has taken a snapshot`,
          ...timeouts.jobMakes,
        },
      );
      throwIfAny(
        ofLast().flatMap((each) => {
          const snapshots = each.snapshots.map(
            (snapshot) => timelines.snapshots.current(snapshot.metadata.name) ?? snapshot,
          );
          return wrongInSnapshots({ ...each, snapshots }, { job: name, labels });
        }),
        'what the run made is not as its job says',
      );
      return { name: taken.metadata.name, volume };
    },
    detail: ({ name }) => name,
  }),
  /** The volume has all these snapshots and no other. */
  'then.snapshotsLeft': step({
    sentence: 'Then the volume has {count}',
    parameters: (_, { length }) => ({
      count: length === 1 ? 'this one snapshot alone' : `these ${length} snapshots alone`,
    }),
    action: async (
      context: Context,
      { name: volume }: VolumeHandle,
      snapshots: readonly SnapshotHandle[],
    ) => {
      const { timelines } = context;
      const names = snapshots.map(({ name }) => name);
      const others = timelines.snapshots
        .objects()
        .filter(({ metadata, spec }) => spec.volume === volume && !names.includes(metadata.name));
      await Promise.all(others.map(({ metadata }) => untilSnapshotGone(context, metadata)));
      throwIfAny(
        names
          .filter((name) => !isReadyAndKept(timelines.snapshots.current(name)))
          .map((name) => `snapshot ${name} is gone, or is to go`),
        `volume ${volume} has not all of its snapshots`,
      );
      return names;
    },
    detail: (names) => names.join(', '),
  }),
  /** The newest snapshot of a volume still exists after its deletion, marked as removed. */
  'then.snapshotMarked': step({
    sentence: 'Then the newest snapshot, which was deleted too, is marked as removed',
    action: untilSnapshotMarked,
  }),
  /** Waits until the backup of the last run is InProgress. */
  'then.runUploads': step({
    sentence: 'Then the backup of {run} is InProgress',
    parameters: (job) => ({ run: lastRun(job).label }),
    action: async (context: Context, job: JobHandle) => {
      const backup = await runsBackup(context, job);
      await waitUntil(context.timelines.backups, (each) => backupState(each) === 'InProgress', {
        name: backup.name,
        label: `${backup.label} is InProgress`,
        describe: describeBackup,
        ...context.timeouts.creationFails,
      });
      return backup;
    },
    detail: ({ name }) => name,
  }),
  /** The run has ended. `beside` was deleted by hand, and must have been there until then. */
  'then.leftByRun': step({
    sentence: 'Then {run} has left {backup} alone',
    parameters: (job, backup) => ({ run: lastRun(job).label, backup }),
    action: async (
      context: Context,
      job: JobHandle,
      backup: BackupHandle,
      { beside }: { beside: BackupHandle },
    ) => {
      const { name, label } = backup;
      const loss = lossOf(await readBackup(context, backup));
      const message = `${label} (${name}) is ${loss}, though the job is to keep ${job.retain} backups`;
      if (loss !== undefined) throw new PromiseBroken(message, { kind: 'Backup', name, state: 'deleted' });
      if ((await readBackup(context, beside)) === undefined)
        throw new InconclusiveError(`${beside.label} was gone before ${lastRun(job).label} ended`);
    },
  }),
  /** Detaches the volume during the upload, as if its workload were scaled down. Only the backup still needs it. */
  'when.workloadDetached': step({
    sentence: 'When the workload detaches from the volume while {backup} is uploaded',
    parameters: (_, backup) => ({ backup }),
    action: async (
      context: Context,
      { name }: VolumeHandle,
      backup: Pick<BackupHandle, 'name' | 'label'>,
    ) => {
      await detach(context, name);
      throwIfCompleted(context, backup, 'nobody wanted the volume any more');
    },
  }),
  /**
   * Asks for the volume as a workload does. Longhorn decides before it answers, so the backup must still be under way
   * when it does. Returns the volume on the other node.
   */
  'when.workloadComes': step({
    sentence: 'When a workload on another node wants the volume while {backup} is uploaded',
    parameters: (_, backup) => ({ backup }),
    action: async (context: Context, volume: VolumeHandle, backup: BackupHandle): Promise<VolumeHandle> => {
      const now = context.timelines.volumes.current(volume.name)?.status?.currentNodeID;
      const node = (await readyNodes(context)).find((each) => each !== now);
      if (node === undefined) throw new InconclusiveError('the cluster has one node alone');
      await askForVolume(context, { name: volume.name, node });
      throwIfCompleted(context, backup, 'the workload wanted the volume');
      return { ...volume, node };
    },
    detail: ({ node }) => node,
  }),
  'then.workloadHasVolume': step({
    sentence: 'Then the workload has the volume on its node, healthy',
    action: attach,
    detail: (_, __, { node }) => node,
  }),
  /** At no time were backups of two of the volumes made. */
  'then.oneVolumeAtATime': step({
    sentence: 'Then no two of the {count} volumes were backed up at the same time',
    parameters: (backups) => ({ count: new Set(backups.map(({ volume }) => volume.name)).size }),
    action: async ({ timelines, timeouts }: Context, backups: readonly BackupHandle[]) => {
      const subjects = backups.map(({ name, label, volume, since }) => ({
        ...{ name, label: `${label} of ${volume.name}`, from: since.made, volume: volume.name },
      }));
      for (const backup of subjects) {
        const others = subjects.filter(({ volume }) => volume !== backup.volume);
        await judgeWithin(isMadeAlone(timelines.backups, { backup, others }), timeouts.jobMakes);
      }
    },
  }),
  /** Kubernetes takes no CronJob for it. Known bug dotted-job-never-runs counts only if a manager's log says so. */
  'then.dottedJobRejectedOrRuns': step({
    sentence: 'Then a recurring job whose name has a dot is rejected, or has its CronJob',
    waitsForTimer: true,
    action: async (context: Context) => {
      const name = context.uniqueName('job.daily');
      const makes = makeAnyJob(context, { task: 'backup', retain: 1, labels: {} }, name);
      const cause = await timeoutOf(makes).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
      });
      if (cause === undefined) return;
      if (!(await managersLogged(context.cluster, name, 'is invalid')))
        throw new InconclusiveError(`nothing says why ${name} has no CronJob`, { cause });
      throw new PromiseBroken(
        `recurring job ${name} was accepted, and has no CronJob, as a manager's log alone says`,
        { kind: 'RecurringJob', name, state: 'without a CronJob' },
        { cause },
      );
    },
  }),
  'when.jobDeleted': step({
    sentence: 'When the recurring job is deleted, as {by} deletes it',
    parameters: (_, by) => ({ by: by === 'kubectl' ? by : "Longhorn's page" }),
    action: deleteJob,
  }),
  /** Checks the volume's labels for these jobs and groups. It must have no other such label. */
  'then.inJobs': step({
    sentence: 'Then {volume} takes part in {jobs}, and in nothing else',
    parameters: ({ name }, { of, byGroup, byDefault }) => ({
      volume: name,
      jobs: [
        ...(of ? [`the job ${of.name}`] : []),
        ...(byGroup ? [`the group ${byGroup.name}`] : []),
        ...(byDefault ? [`the group ${defaultGroup}`] : []),
      ].join(' and '),
    }),
    action: async (
      { timelines, timeouts }: Context,
      { name }: VolumeHandle,
      { of, byGroup, byDefault = false }: { of?: JobHandle; byGroup?: JobHandle; byDefault?: boolean },
    ) => {
      const wanted = [
        ...(of ? [volumeJobLabel(of.name)] : []),
        ...(byGroup ? [volumeGroupLabel(byGroup.name)] : []),
        ...(byDefault ? [volumeGroupLabel(defaultGroup)] : []),
      ].sort();
      await waitUntil(timelines.volumes, (volume) => isDeepStrictEqual(jobLabelsOf(volume), wanted), {
        name,
        label: `volume ${name} has of recurring jobs the labels ${wanted.join(', ')}`,
        describe: (volume) => `it has ${jobLabelsOf(volume).join(', ') || 'none'}`,
        ...timeouts.jobLabelsKept,
      });
    },
  }),
  /**
   * Longhorn does not remove a label later that it has missed at the deletion of the job. If the job was deleted as
   * on Longhorn's page, a manager's log must give the reason.
   */
  'then.jobLabelsGone': step({
    sentence: 'Then {volume} no longer takes part in the deleted job',
    parameters: ({ name }) => ({ volume: name }),
    action: async (
      { timelines, timeouts, cluster, version }: Context,
      { name }: VolumeHandle,
      { job, by }: { job: JobHandle; by: DeletedBy },
    ) => {
      const gone = [volumeJobLabel(job.name), volumeGroupLabel(job.name)];
      const isLeft = (volume: Volume): boolean => jobLabelsOf(volume).some((label) => gone.includes(label));
      const cause = await timeoutOf(
        waitUntil(timelines.volumes, (volume) => !isLeft(volume), {
          name,
          label: `volume ${name} has no label of the job ${job.name}`,
          describe: (volume) => `it has ${jobLabelsOf(volume).join(', ') || 'none'}`,
          ...timeouts.jobLabelsTakenOff,
        }),
      );
      if (cause === undefined) return;
      const isNamed = async (): Promise<boolean> =>
        (await managerLogs(cluster)).some((log) => failsToRemoveLabels(log, { job: job.name, version }));
      if (by === 'the page' && !(await isNamed())) throw cause;
      const seen = { kind: 'Volume', name, state: 'in a job that is gone' };
      throw new PromiseBroken(cause.message, seen, { cause });
    },
  }),
};
