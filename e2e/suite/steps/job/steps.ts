import { timeoutOf, unlessTimedOut, waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { entriesOf, lastEntryUpTo } from '../../../history/history.ts';
import { lossOf } from '../../../kube/objects.ts';
import { resources } from '../../../kube/resources.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { differsIn, toFinding } from '../../../longhorn/differences/differences.ts';
import { isJobOver } from '../../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { completes } from '../backup/expectations.ts';
import { judgeBackup, sinceMade } from '../backup/judge.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { untilGone } from '../deletion/deletion.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { changeSetting, readSetting } from '../setting/setting.ts';
import { step } from '../step.ts';
import { judgeWithin } from '../timeouts.ts';
import { differencesOf } from '../volume/restored.ts';
import { describeSnapshot } from '../volume/snapshot.ts';
import {
  isMadeAlone,
  isTakenAlone,
  jobCompletes,
  jobEnds,
  jobFails,
  oldBackupIsDeleted,
  oldDeletionFails,
  type Refusing,
  refusals,
  restartsIn,
} from './expectations.ts';
import { failCleanup, faultyCleanups } from './faults.ts';
import {
  changeCron,
  type JobHandle,
  type JobOptions,
  type JobRun,
  joinJob,
  lastRun,
  leaveJob,
  makeRecurringJob,
  nextRunLabel,
  scheduleJob,
  startedRuns,
  triggerJob,
} from './job.ts';
import { type JobCleanup, jobCleanupLine, missedBackupEnd, problemsOfLog, readLogOf } from './log.ts';
import {
  endOfBackup,
  isBackupSince,
  type MadeByRun,
  madeByRuns,
  problemsOf,
  problemsOfEvents,
  waitUntilJobEvents,
  waitUntilLastBackup,
  waitUntilObjectsSeen,
} from './runs.ts';

const madeBy = ({ timelines, made }: Context, { name: job, volume, runs }: JobHandle): MadeByRun[] =>
  madeByRuns(timelines, {
    ...{ job, volume: volume.name, runs },
    others: [...made.backups, ...made.snapshots],
  });

const configOf = async ({ name, label, volume: { name: volume, target } }: BackupHandle) => {
  const config = await target.store.config(volume, name);
  if (config === undefined) throw new Error(`the store has no config of ${label} (${name})`);
  return config;
};

// The setting by which a job attaches volumes.
const detachedAllowed = 'allow-recurring-job-while-volume-detached';

/** Whether the Job of a run that made nothing ends Complete in this version. */
const hidesFailure = ({ version }: Context): boolean => differsIn('job-hides-failure', version);

const untilEnded = async (context: Context, job: JobHandle, run: JobRun): Promise<void> => {
  const end = run.makes || hidesFailure(context) ? jobCompletes : jobFails;
  await judgeWithin(end(job.watched.jobs, run), context.timeouts.jobEnds);
};

const subject = (
  { metadata: { name } }: { metadata: { name: string } },
  label: string,
  { from }: JobRun,
) => ({
  name,
  label,
  from,
});

const lastRunLabel = (job: JobHandle): string => lastRun(job).label;

/** The backups of the runs, in order, without those that the job keeps. */
const oldOnes = ({ retain }: JobHandle, backups: readonly BackupHandle[]) => backups.slice(0, -retain);

// Throws if Kubernetes has started a second run: while the first was at work, or after it.
const mustBeOneRun = (job: JobHandle): void => {
  const [first, second] = startedRuns(job);
  if (second === undefined) return;
  const hadEnded = entriesOf(job.watched.jobs, first?.job ?? '').some(
    ({ sequence, object }) => sequence <= second.from && isJobOver(object),
  );
  if (hadEnded) throw new InconclusiveError('the first run ended before the next tick');
  throw new Error(`${second.job} was started while ${first?.job} was at work`);
};

/**
 * The steps that make a recurring job, start runs, and judge runs and their cleanup. A judging step covers all runs
 * so far. `backups` are the backups of the runs, in order.
 */
export const jobSteps = {
  /** Creates a job that backs a volume up. It runs only when a step starts it. */
  'given.recurringJob': step({
    sentence: 'Given a recurring job that backs the volume up and keeps {kept}',
    parameters: (_, { task, keeps = 1, fullInterval, alone } = {}) => ({
      kept: [
        keeps === 1 ? 'one backup' : `${keeps} backups`,
        ...(task === 'backup-force-create' ? ['made by force'] : []),
        ...(fullInterval ? [`with the full-backup-interval ${fullInterval}`] : []),
        ...(alone ? ["and is the volume's only one"] : []),
      ].join(', '),
    }),
    action: (context: Context, volume: VolumeHandle, how?: JobOptions) =>
      makeRecurringJob(context, volume, how),
    detail: ({ name }) => name,
  }),
  /** Adds another volume to the job. Returns a handle for judging the runs on this volume. */
  'given.jobJoined': step({
    sentence: 'Given that {volume} takes part in the recurring job too, by its group',
    parameters: (_, { name }) => ({ volume: name }),
    action: joinJob,
  }),
  /** The cleanup of the job's runs fails until `when.released`. */
  'given.faultyCleanup': step({
    sentence: 'Given a fault: {fault}',
    parameters: (_, how) => ({ fault: faultyCleanups[how] }),
    action: failCleanup,
  }),
  /** By the status of its CronJob. It is not due yet. */
  'given.ticksMissed': step({
    sentence: 'Given that Kubernetes has last started the recurring job {days} days ago',
    parameters: (_, { days }) => ({ days }),
    action: async (
      { cluster, timeouts }: Context,
      { name, watched }: JobHandle,
      { days }: { days: number },
    ) => {
      const lastScheduleTime = `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`;
      const status = { status: { lastScheduleTime } };
      await cluster.patch(resources.cronJobs, { namespace, name }, status, { subresource: 'status' });
      await waitUntil(watched.cronJobs, (each) => each.status?.lastScheduleTime === lastScheduleTime, {
        ...{ name, label: `CronJob ${name} has last been started ${days} days ago` },
        ...timeouts.jobEvent,
      });
    },
  }),
  /** Without its event, Kubernetes has not missed as many. */
  'then.ticksMissed': step({
    sentence: 'Then Kubernetes says that it has missed more than a hundred of its times',
    action: async ({ timeouts }: Context, { name, watched }: JobHandle) => {
      const missed = waitUntil(watched.events, ({ reason }) => reason === 'TooManyMissedTimes', {
        label: `an event says that too many times of CronJob ${name} were missed`,
        ...timeouts.jobEvent,
      });
      const cause = await timeoutOf(missed);
      if (cause !== undefined) throw new InconclusiveError(cause.message, { cause });
    },
  }),
  /** Starts a run at once, with a Job from the template of its CronJob. */
  'when.jobTriggered': step({
    sentence: 'When {run} of the recurring job is started from its template',
    parameters: (job) => ({ run: nextRunLabel(job) }),
    action: triggerJob,
    detail: (run) => run.job,
  }),
  /** Kubernetes' cron controller starts a run each minute, unless the previous run is still at work. */
  'when.jobEachMinute': step({
    sentence: 'When the recurring job is due each minute from now on',
    action: (context: Context, job: JobHandle) => changeCron(context, job, '* * * * *'),
  }),
  /** Changes the schedule so that it is never due. */
  'when.jobRests': step({
    sentence: 'When the recurring job is not due any more',
    action: (context: Context, job: JobHandle) => changeCron(context, job),
  }),
  /** Kubernetes' cron controller starts the run, within a minute. */
  'when.jobScheduled': step({
    sentence: 'When {run} of the recurring job is due, and Kubernetes starts it',
    parameters: (job) => ({ run: nextRunLabel(job) }),
    waitsForTimer: true,
    action: scheduleJob,
    detail: (run) => run.job,
  }),
  /**
   * Also checks Kubernetes' event on each run that it started. The expected end of a run that made nothing depends on
   * the version.
   */
  'then.jobsComplete': step({
    sentence: 'Then the Job of {run} is Complete, as were those before',
    parameters: (job) => ({ run: lastRunLabel(job) }),
    action: async (context: Context, job: JobHandle) => {
      const { timeouts, report, version } = context;
      for (const run of job.runs) await untilEnded(context, job, run);
      const run = lastRun(job);
      const message = run.scheduled
        ? await waitUntilJobEvents(job, { run, limit: timeouts.jobEvent })
        : undefined;
      if (message?.includes('condition:') === true)
        report.finding(toFinding('completed-job-wording', `Kubernetes says "${message}".`));
      throwIfAny(
        problemsOfEvents(job.watched.events, version),
        'what Kubernetes and Longhorn report of the recurring job is not in order',
      );
      if (missedBackupEnd(await readLogOf(job, { run, version, limit: timeouts.jobLogEnds })))
        throw new InconclusiveError(
          `${run.label} (${run.job}) did not see the end of a backup of its own, by known bug backup-looked-at-anew: what it was to do after that says nothing`,
        );
      return message;
    },
    detail: (message, _, job) => (message === undefined ? lastRun(job).job : `"${message}"`),
  }),
  /** Judges all runs so far, except those expected to make nothing. Returns their backups in order. */
  'then.oneBackupEachTick': step({
    sentence:
      'Then each of the {count} runs that made something made one backup, completed, and one snapshot',
    parameters: (job) => ({ count: job.runs.filter(({ makes }) => makes).length }),
    action: async (context: Context, job: JobHandle): Promise<BackupHandle[]> => {
      const { timelines, timeouts } = context;
      await waitUntilObjectsSeen(context, job);
      const all = madeBy(context, job);
      throwIfAny(problemsOf(all), 'the runs of the recurring job did not make what they should');
      for (const { run, backups } of all.filter(({ run }) => run.makes))
        for (const backup of backups)
          await judgeWithin(
            completes(timelines.backups, subject(backup, `the backup of ${run.label}`, run)),
            timeouts.jobMakes,
          );
      const handles = all
        .filter(({ run }) => run.makes)
        .flatMap(({ run, backups: [backup], snapshots: [snapshot] }): BackupHandle[] => {
          if (backup === undefined || snapshot === undefined) return [];
          const { volume } = job;
          const label = `the backup of ${run.label}`;
          const of = { name: snapshot.metadata.name, volume };
          return [{ name: backup.metadata.name, label, volume, snapshot: of, since: { made: run.from } }];
        });
      for (const newest of handles.slice(-1)) await waitUntilLastBackup(context, newest);
      return handles;
    },
    detail: (backups) => backups.at(-1)?.name ?? 'none',
  }),
  /**
   * Accepts Complete and Failed. Returns what the run made, and waits until the old backups that it deleted are gone.
   * If not `disturbed`, it must have made one backup and deleted all of `old` and none of `beside`.
   */
  'then.runEnds': step({
    sentence: 'Then {run} ends, and the backups that it deleted are gone',
    parameters: (job, _) => ({ run: lastRunLabel(job) }),
    action: async (
      context: Context,
      job: JobHandle,
      {
        old,
        beside = [],
        disturbed,
      }: { old: readonly BackupHandle[]; beside?: readonly BackupHandle[]; disturbed: boolean },
    ): Promise<BackupHandle[]> => {
      const { cluster, timeouts } = context;
      const { volume } = job;
      const run = lastRun(job);
      const { label, from } = run;
      await judgeWithin(jobEnds(job.watched.jobs, run), timeouts.jobEnds);
      // A run that did not see the end of its backup keeps the old ones.
      const keepsOld =
        disturbed ||
        missedBackupEnd(await readLogOf(job, { run, version: context.version, limit: timeouts.jobLogEnds }));
      // Lists the backups instead of using the watch: each collection has its own watch, and the one of Jobs may be
      // ahead.
      const { items } = await cluster.list<Backup>(longhornResources.backups, { namespace });
      const isOld = ({ metadata: { name } }: Backup): boolean =>
        [...old, ...beside].some((each) => each.name === name);
      const isLost = ({ name }: BackupHandle): boolean =>
        lossOf(items.find(({ metadata }) => metadata.name === name)) !== undefined;
      for (const each of disturbed ? [] : beside)
        if (isLost(each))
          throw new Error(`${label} deleted ${each.label} (${each.name}), which no run of the job has made`);
      for (const each of old) if (!keepsOld || isLost(each)) await untilGone(context, each);
      const made = items.filter((each) => isBackupOf(volume)(each) && !isOld(each));
      if (!disturbed && made.length !== 1) throw new Error(`${label} made ${made.length} backups, not 1`);
      return made.map(({ metadata: { name }, spec }) => ({
        ...{ name, label: `the backup of ${label}`, volume, since: { made: from } },
        snapshot: { name: spec.snapshotName ?? '', volume },
      }));
    },
    detail: (made) => `made ${made.map(({ name }) => name).join(', ') || 'nothing'}`,
  }),
  /** Changes a setting of Longhorn until `when.released`. */
  'given.detachedAllowed': step({
    sentence: 'Given that recurring jobs may run for volumes that are detached',
    action: (context: Context) =>
      changeSetting(context, {
        title: 'recurring jobs may run for volumes that are detached',
        name: detachedAllowed,
        after: 'true',
      }),
  }),
  'when.jobLeft': step({
    sentence: 'When the volume is taken out of the recurring job',
    action: leaveJob,
  }),
  /** The last run made nothing for the volume. With `detached` or `ageless`, its log must give that as the reason. */
  'then.leftOut': step({
    sentence: 'Then {run} leaves the volume out{why}',
    parameters: (job, { detached, ageless }) => ({
      run: lastRunLabel(job),
      why: [
        ...(detached ? [', and its log says that it is detached'] : []),
        ...(ageless ? [', and its log says that the job is to keep backups for no time'] : []),
      ].join(''),
    }),
    action: async (
      context: Context,
      job: JobHandle,
      { detached, ageless }: { detached?: boolean; ageless?: boolean },
    ) => {
      const { timeouts, version } = context;
      const run = lastRun(job);
      if (detached && (await readSetting(context, detachedAllowed)) === 'true')
        throw new InconclusiveError(`the setting ${detachedAllowed} is true on this cluster`);
      await judgeWithin(jobCompletes(job.watched.jobs, run), timeouts.jobEnds);
      run.makes = false;
      throwIfAny(problemsOf(madeBy(context, job)), 'the run of the recurring job made something');
      const lines = await readLogOf(job, { run, version, limit: timeouts.jobLogEnds });
      const cleanup = detached ? 'left out' : ageless ? 'no age' : 'done';
      throwIfAny(
        problemsOfLog(lines, { cleanup, old: [], due: [] }),
        `the log of ${run.label} (${run.job}) is not as expected`,
      );
    },
  }),
  /** Nothing was written between the runs. */
  'then.fullInterval': step({
    sentence: 'Then one run of {interval} made a full backup, and the others incremental ones',
    parameters: (_, interval) => ({ interval }),
    action: async ({ report, version }: Context, backups: readonly BackupHandle[], interval: number) => {
      const configs = await Promise.all(backups.map(configOf));
      // The first backup of a volume sends all blocks in any case.
      const all = configs[0]?.uploaded.new;
      const problems = configs.flatMap(({ incremental, uploaded }, index) => {
        if (index === 0) return [];
        const isFull = (index + 1) % interval === 0;
        const sent = uploaded.new + uploaded.again;
        return incremental === !isFull && sent === (isFull ? all : 0)
          ? []
          : [`${backups[index]?.label} is ${incremental ? 'incremental' : 'full'}, and sent ${sent} bytes`];
      });
      throwIfAny(problems, `of backups of the same ${all} bytes each of ${interval} is to send all of them`);
      report.finding(toFinding('each-nth-run-is-full', `Longhorn ${version}, interval ${interval}.`));
    },
  }),
  /** Nothing was written since `before`, so both backups must have the same blocks. */
  'then.madeUnchanged': step({
    sentence: 'Then {backup} has the same blocks as {before}: it was made though nothing was written',
    parameters: (backup, { before }) => ({ backup, before }),
    action: async (
      { report, version }: Context,
      backup: BackupHandle,
      { before }: { before: BackupHandle },
    ) => {
      const [of, as] = await Promise.all([configOf(backup), configOf(before)]);
      throwIfAny(
        differencesOf(as.blocks, of.blocks),
        `${backup.label} is not of the same data as ${before.label}`,
      );
      report.finding(toFinding('job-backs-up-unchanged', `Longhorn ${version} made ${backup.label}.`));
    },
  }),
  /** The job is due each minute. Kubernetes reports each tick at which it starts no run because of the one before. */
  'then.tickLeftOut': step({
    sentence:
      'Then at the next tick Kubernetes starts no run of the recurring job, because the first is at work',
    waitsForTimer: true,
    action: async ({ timeouts }: Context, job: JobHandle) => {
      const { message } = await waitUntil(
        job.watched.events,
        ({ involvedObject: { kind }, reason }) => kind === 'CronJob' && reason === 'JobAlreadyActive',
        { label: 'a tick at which no run was started', ...timeouts.tickLeftOut },
      ).catch((error: unknown) => {
        mustBeOneRun(job);
        throw error;
      });
      mustBeOneRun(job);
      return message;
    },
    detail: (message) => `"${message}"`,
  }),
  /** Lasts `ticks` minutes. Uploads of the runs may hang or fail in this time. */
  'then.nothingCompletes': step({
    sentence: 'Then for {ticks} ticks of its cron no backup of the recurring job completes',
    parameters: (_, { ticks }) => ({ ticks }),
    waitsForTimer: true,
    action: async ({ timelines: { backups } }: Context, job: JobHandle, { ticks }: { ticks: number }) => {
      const isOfJob = isBackupSince(backups, { from: backups.lastSequence(), volume: job.volume.name });
      const completed = await unlessTimedOut(
        waitUntil(backups, (each) => isOfJob(each) && backupState(each) === 'Completed', {
          label: 'no backup of the recurring job completes',
          within: `${ticks}m`,
          owner: 'the period in which no backup can be made',
        }),
      );
      if (completed !== undefined)
        throw new Error(`backup ${completed.metadata.name} is Completed, and nothing can have been written`);
      if (startedRuns(job).length === 0)
        throw new InconclusiveError('Kubernetes started no run of the recurring job in that time');
    },
  }),
  /**
   * A run may make a completed backup, a backup in Error because the store did not answer, or no backup. In the last
   * case its log must say so.
   */
  'then.startedRunsEnd': step({
    sentence:
      'Then each run that was started meanwhile ends: with a completed backup, or saying that it made none',
    action: async (context: Context, job: JobHandle) => {
      const { timeouts, version } = context;
      job.runs.push(...startedRuns(job));
      for (const run of job.runs) {
        if (!run.tries) continue;
        await judgeWithin(jobEnds(job.watched.jobs, run), timeouts.startedRunEnds);
        const began = madeBy(context, job).find((each) => each.run === run)?.backups ?? [];
        const states = await Promise.all(
          began.map(({ metadata: { name } }) =>
            endOfBackup(context, { name, label: `the backup of ${run.label}` }),
          ),
        );
        run.makes = states.includes('Completed');
        if (run.makes) continue;
        const lines = await readLogOf(job, { run, version, limit: timeouts.jobLogEnds });
        throwIfAny(
          problemsOfLog(lines, { cleanup: 'nothing made', old: [], due: [] }),
          `the log of ${run.label} (${run.job}) is not as expected`,
        );
      }
      return job.runs.filter(({ tries }) => tries);
    },
    detail: (runs) => runs.map(({ label, makes }) => `${label} made ${makes ? 'one' : 'none'}`).join(', '),
  }),
  /** This version makes nothing if it must not remove an old snapshot. */
  'then.nothingMadeAnyMore': step({
    sentence: 'Then {run} makes no backup and no snapshot, and its Job ends {end}',
    parameters: (job) => ({
      run: lastRunLabel(job),
      end: (context: Context) => (hidesFailure(context) ? 'Complete' : 'Failed'),
    }),
    action: async (context: Context, job: JobHandle) => {
      const { report, version } = context;
      const run = lastRun(job);
      run.makes = false;
      await untilEnded(context, job, run);
      throwIfAny(
        problemsOf(madeBy(context, job)),
        `the runs of the recurring job did not do as Longhorn ${version} is known to`,
      );
      // Reported once, because each later run does the same.
      if (job.runs.filter(({ makes }) => !makes).length > 1) return;
      const isHidden = hidesFailure(context);
      const stops = isHidden ? 'snapshot-cleanup-stops-the-job' : 'snapshot-cleanup-fails-the-job';
      report.finding(toFinding(stops, `From ${run.label} on nothing was made.`));
      if (isHidden)
        report.finding(toFinding('job-hides-failure', `The Job of ${run.label}, ${run.job}, is Complete.`));
    },
  }),
  /** Covers all runs so far. */
  'then.neverTwoAtOnce': step({
    sentence: 'Then no two backups and no two snapshots of the volume were made at the same time',
    action: async (context: Context, job: JobHandle) => {
      const { timelines, timeouts } = context;
      const all = madeBy(context, job);
      const backups = all.flatMap(({ run, backups }) =>
        backups.map((each) => subject(each, `the backup of ${run.label}`, run)),
      );
      const snapshots = all.flatMap(({ run, snapshots }) =>
        snapshots.map((each) => subject(each, `the snapshot of ${run.label}`, run)),
      );
      for (const backup of backups) {
        const others = backups.filter((each) => each !== backup);
        await judgeWithin(isMadeAlone(timelines.backups, { backup, others }), timeouts.jobMakes);
      }
      for (const snapshot of snapshots) {
        const others = snapshots.filter((each) => each !== snapshot);
        await judgeWithin(isTakenAlone(timelines.snapshots, { snapshot, others }), timeouts.jobMakes);
      }
    },
  }),
  /** Containers may be restarted in Jobs that are expected to end Failed in this version. */
  'then.nothingRestarted': step({
    sentence: 'Then no container was restarted, and no Job has a second pod',
    action: async (context: Context, { runs, watched }: JobHandle) => {
      const failing = runs.flatMap(({ makes, job }) => (makes || hidesFailure(context) ? [] : [job]));
      throwIfAny(restartsIn(watched.pods, failing), 'something was started a second time');
    },
  }),
  /** Also checks that every line of the log is known. */
  'then.jobLogs': step({
    sentence: 'Then the log of {run} reports its cleanup: {cleanup}',
    parameters: (job, { cleanup }) => ({
      run: lastRunLabel(job),
      cleanup,
    }),
    action: async (
      { timelines: { backups: watched }, timeouts, report, version }: Context,
      job: JobHandle,
      { cleanup, backups }: { cleanup: JobCleanup; backups: readonly BackupHandle[] },
    ) => {
      const run = lastRun(job);
      const lines = await readLogOf(job, { run, version, limit: timeouts.jobLogEnds });
      const before = backups.filter(({ since }) => since.made < run.from);
      // The run's own backup counts towards `retain`.
      const old = before.slice(0, before.length - job.retain + 1);
      const isDue = ({ name }: BackupHandle): boolean =>
        watched.current(name) !== undefined ||
        lastEntryUpTo(watched, name, run.from)?.object.metadata.deletionTimestamp === undefined;
      const problems = problemsOfLog(lines, {
        cleanup,
        old: old.map(({ name }) => name),
        due: old.filter(isDue).map(({ name }) => name),
      });
      throwIfAny(problems, `the log of ${run.label} (${run.job}) is not as expected`);
      const line = jobCleanupLine(lines);
      if (line === undefined) return line;
      if (cleanup === 'done, or too early')
        report.finding(toFinding('first-run-warns', `Longhorn ${version} says "${line}".`));
      // Reported once, because each later run has the same message.
      else if (cleanup !== 'nothing made' && job.runs.length === 2)
        report.finding(toFinding('cleanup-warning-wording', `Longhorn ${version} says "${line}".`));
      return line;
    },
    detail: (line) => (line === undefined ? 'no warning, no error' : `"${line}"`),
  }),
  /** Only the Backup object reports that the engine or the store refuses the deletion. */
  'then.oldDeletionsFail': step({
    sentence: 'Then each of the {count} old backups goes Deleting, and Error with the refusal of {by}',
    parameters: (job, { by, backups }) => ({
      count: oldOnes(job, backups).length,
      by,
    }),
    waitsForTimer: true,
    action: async (
      context: Context,
      job: JobHandle,
      { by, backups }: { by: Refusing; backups: readonly BackupHandle[] },
    ) => {
      const { expected, report } = context;
      const old = oldOnes(job, backups);
      expected.push(...old.map(({ name }) => ({ id: refusals[by], of: name })));
      for (const backup of old)
        await judgeBackup(
          context,
          oldDeletionFails,
          { ...sinceMade(context, backup), by },
          'oldDeletionsFail',
        );
      report.finding(
        toFinding('cleanup-fails-unseen', `The deletion of ${old.length} backups failed in no log of a run.`),
      );
    },
  }),
  'then.allInStore': step({
    sentence: 'Then the store still has all {count} backups',
    parameters: (backups) => ({ count: backups.length }),
    action: async (_: Context, backups: readonly BackupHandle[]) => {
      const [first] = backups;
      const found = first === undefined ? [] : await first.volume.target.store.backups(first.volume.name);
      const missing = backups.filter(({ name }) => !found.includes(name));
      const more = found.filter((name) => !backups.some((each) => each.name === name));
      if (missing.length > 0)
        throw new Error(
          `the store has no config of ${missing.map(({ label, name }) => `${label} (${name})`).join(', ')} any more`,
        );
      if (more.length > 0) throw new Error(`the store has backups that no run made: ${more.join(', ')}`);
    },
  }),
  /** Also waits until the snapshots of these backups are gone. */
  'then.oldBackupsDeleted': step({
    sentence: 'Then each of the {count} old backups is gone in the end, and its snapshot',
    parameters: (job, backups) => ({
      count: oldOnes(job, backups).length,
    }),
    waitsForTimer: true,
    action: (context: Context, job: JobHandle, backups: readonly BackupHandle[]) => {
      const { timelines, timeouts } = context;
      const snapshotGone = ({ label, snapshot: { name } }: BackupHandle) =>
        waitUntilGone(timelines.snapshots, {
          name,
          label: `the snapshot of ${label} is gone`,
          describe: describeSnapshot,
          ...timeouts.snapshotsGone,
        });
      return Promise.all(
        oldOnes(job, backups).flatMap((backup): Promise<unknown>[] => [
          judgeBackup(context, oldBackupIsDeleted, sinceMade(context, backup), 'oldBackupsDeleted'),
          snapshotGone(backup),
        ]),
      );
    },
  }),
};
