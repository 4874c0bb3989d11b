import { ExpectationError, once, onceGone } from '../../../history/expectation.ts';
import { inForceAt } from '../../../history/history.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { differsIn, toFinding } from '../../../longhorn/differences/differences.ts';
import { completes } from '../backup/expectations.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { PremiseLost, throwFor } from '../judging.ts';
import { judge } from '../timeouts.ts';
import { describeSnapshot } from '../volume/snapshot.ts';
import {
  isMadeAlone,
  isTakenAlone,
  jobCompletes,
  jobEnds,
  jobFails,
  oldOneFails,
  oldOneGoes,
  type Refusing,
  refusals,
  restartsIn,
} from './expectations.ts';
import { type FaultyCleanup, failCleanup, faultyCleanups } from './faults.ts';
import {
  changeCron,
  type JobHandle,
  lastTick,
  makeRecurringJob,
  nextTick,
  scheduleJob,
  startedRuns,
  type Tick,
  triggerJob,
} from './job.ts';
import { type Cleanup, lineOf, problemsOfLog, readLogOf } from './log.ts';
import {
  endOfBackup,
  isBackupSince,
  type MadeByTick,
  madeByTicks,
  problemsOf,
  problemsOfEvents,
  untilLast,
  untilMade,
  untilTold,
} from './runs.ts';

/** The steps that set a scene with recurring jobs. */
export const createGivenOfJobs = (context: Context) => ({
  /**
   * A recurring job that backs a volume up and keeps one backup; it runs when a step says so, in one way or
   * the other.
   */
  recurringJob: (volume: VolumeHandle) =>
    context.step.returning(
      'Given a recurring job that backs the volume up and keeps one backup',
      () => makeRecurringJob(context, volume),
      ({ name }) => name,
    ),
  /** From now on the cleanup of the job's runs fails in this way, until `when.released`. */
  faultyCleanup: (job: JobHandle, how: FaultyCleanup) =>
    context.step.returning(`Given a fault: ${faultyCleanups[how]}`, () => failCleanup(context, job, how)),
});

/** The steps that start a run of a recurring job. */
export const createWhenOfJobs = (context: Context) => ({
  /** With a Job from the template of its CronJob, at once. */
  jobTriggered: (job: JobHandle) =>
    context.step(
      `When ${nextTick(job)} of the recurring job is started from its template`,
      () => triggerJob(context, job),
      (tick) => tick.job,
    ),
  /** By Kubernetes' own cron controller, each minute from now on, where no other run is still at work. */
  jobEachMinute: (job: JobHandle) =>
    context.step('When the time for the recurring job comes each minute from now on', () =>
      changeCron(context, job, '* * * * *'),
    ),
  /** No time for it comes any more. */
  jobRests: (job: JobHandle) =>
    context.step('When the time for the recurring job does not come any more', () =>
      changeCron(context, job),
    ),
  /** By Kubernetes' own cron controller; within a minute. */
  jobScheduled: (job: JobHandle) =>
    context.step.idle(
      `When the time for ${nextTick(job)} of the recurring job comes, and Kubernetes starts it`,
      () => scheduleJob(context, job),
      (tick) => tick.job,
    ),
});

/** The steps that judge the runs of a recurring job; each looks at all runs so far. */
export const createThenOfJobs = (context: Context) => {
  const { timelines, version, timeouts, report } = context;
  const made = ({ volume, ticks }: JobHandle): MadeByTick[] =>
    madeByTicks(timelines, {
      volume: volume.name,
      ticks,
      others: [...context.made.backups, ...context.made.snapshots],
    });
  // Of a run that made nothing.
  const hidesFailure = differsIn('job-hides-failure', version);
  const failing = ({ ticks }: JobHandle): string[] =>
    ticks.flatMap(({ makes, job }) => (makes || hidesFailure ? [] : [job]));
  const untilEnded = async (job: JobHandle, tick: Tick): Promise<void> => {
    const end = tick.makes || hidesFailure ? jobCompletes : jobFails;
    await judge(end(job.watched.jobs, tick), timeouts.jobEnds);
  };

  return {
    ...createThenOfCleanups(context),
    /**
     * The Jobs end Complete, and Kubernetes tells so of each that it started; a run that made nothing ends as
     * the version has it.
     */
    jobsComplete: (job: JobHandle) =>
      context.step(
        `Then the Job of ${lastTick(job).label} is Complete, as were those before`,
        async () => {
          for (const tick of job.ticks) await untilEnded(job, tick);
          const tick = lastTick(job);
          const told = tick.scheduled
            ? await untilTold(job, { tick, limit: timeouts.jobEventTold })
            : undefined;
          if (told?.includes('condition:') === true)
            report.finding(toFinding('completed-job-wording', `Kubernetes says "${told}".`));
          throwFor(
            problemsOfEvents(job.watched.events, version),
            'what Kubernetes and Longhorn tell of the recurring job is not in order',
          );
          return told;
        },
        (told) => (told === undefined ? lastTick(job).job : `"${told}"`),
      ),
    /**
     * Each run made one snapshot, and one backup of it that completed, but for those that made nothing;
     * returns the backups, in their order.
     */
    oneBackupEachTick: (job: JobHandle): Promise<BackupHandle[]> =>
      context.step.returning(
        `Then each of the ${job.ticks.filter(({ makes }) => makes).length} runs that made something made one backup, completed, and one snapshot`,
        async () => {
          await untilMade(context, job);
          const all = made(job);
          throwFor(problemsOf(all), 'the runs of the recurring job did not make what they should');
          for (const { tick, backups } of all)
            for (const backup of backups)
              await judge(
                completes(timelines.backups, subject(backup, `the backup of ${tick.label}`, tick)),
                timeouts.jobMakes,
              );
          const handles = all
            .filter(({ tick }) => tick.makes)
            .flatMap(({ tick, backups: [backup], snapshots: [snapshot] }): BackupHandle[] => {
              if (backup === undefined || snapshot === undefined) return [];
              const { volume } = job;
              const label = `the backup of ${tick.label}`;
              const of = { name: snapshot.metadata.name, volume };
              return [
                { name: backup.metadata.name, label, volume, snapshot: of, since: { made: tick.from } },
              ];
            });
          for (const newest of handles.slice(-1)) await untilLast(context, newest);
          return handles;
        },
        (backups) => backups.at(-1)?.name ?? 'none',
      ),
    /**
     * For so many ticks of a cron that comes round each minute no backup of the job completes: what its runs
     * begin stands still, or fails.
     */
    nothingCompletes: (job: JobHandle, { ticks }: { ticks: number }) => {
      const from = timelines.backups.mark();
      const isOfJob = isBackupSince(timelines.backups, { from, volume: job.volume.name });
      return context.step.idle(
        `Then for ${ticks} ticks of its cron no backup of the recurring job completes`,
        async () => {
          const completed = await once(
            timelines.backups,
            (each) => isOfJob(each) && backupState(each) === 'Completed',
            {
              label: 'no backup of the recurring job completes',
              within: `${ticks}m`,
              owner: 'the stretch in which no backup can be made',
            },
          ).catch((error: unknown) => {
            if (!(error instanceof ExpectationError) || error.verdict.state !== 'timed-out') throw error;
          });
          if (completed !== undefined)
            throw new Error(
              `backup ${completed.metadata.name} is Completed, and nothing can have been written`,
            );
          if (startedRuns(job).length === 0)
            throw new PremiseLost('Kubernetes started no run of the recurring job in that time');
        },
      );
    },
    /**
     * Each run that Kubernetes started by the cron ends: it made a backup that completed, or one that says
     * that the store did not answer, or none, and its log says so.
     */
    startedRunsEnd: (job: JobHandle) =>
      context.step(
        'Then each run that was started meanwhile ends: with a completed backup, or saying that it made none',
        async () => {
          job.ticks.push(...startedRuns(job));
          for (const tick of job.ticks) {
            if (!tick.tries) continue;
            await judge(jobEnds(job.watched.jobs, tick), timeouts.startedRunEnds);
            const began = made(job).find((each) => each.tick === tick)?.backups ?? [];
            const states = await Promise.all(
              began.map(({ metadata: { name } }) =>
                endOfBackup(context, { name, label: `the backup of ${tick.label}` }),
              ),
            );
            tick.makes = states.includes('Completed');
            if (tick.makes) continue;
            const lines = await readLogOf(job, { tick, version, limit: timeouts.jobLogEnds });
            throwFor(
              problemsOfLog(lines, { cleanup: 'nothing made', old: [], due: [] }),
              `the log of ${tick.label} (${tick.job}) is not as expected`,
            );
          }
          return job.ticks.filter(({ tries }) => tries);
        },
        (ticks) => ticks.map(({ label, makes }) => `${label} made ${makes ? 'one' : 'none'}`).join(', '),
      ),
    /** The last run made nothing, as this Longhorn does where it may not remove an old snapshot. */
    nothingMadeAnyMore: (job: JobHandle) =>
      context.step(
        `Then ${lastTick(job).label} makes no backup and no snapshot, and its Job ends ${hidesFailure ? 'Complete' : 'Failed'}`,
        async () => {
          const tick = lastTick(job);
          tick.makes = false;
          await untilEnded(job, tick);
          throwFor(
            problemsOf(made(job)),
            `the runs of the recurring job did not do as Longhorn ${version} is known to`,
          );
          // Once is enough: each later run does the same.
          if (job.ticks.filter(({ makes }) => !makes).length > 1) return;
          const stops = hidesFailure ? 'snapshot-cleanup-stops-the-job' : 'snapshot-cleanup-fails-the-job';
          report.finding(toFinding(stops, `From ${tick.label} on nothing was made.`));
          if (hidesFailure)
            report.finding(
              toFinding('job-hides-failure', `The Job of ${tick.label}, ${tick.job}, is Complete.`),
            );
        },
      ),
    /** No two backups of the volume, and no two snapshots, were ever being made at the same time. */
    neverTwoAtOnce: (job: JobHandle) =>
      context.step(
        'Then never were two backups or two snapshots of the volume being made at the same time',
        async () => {
          const all = made(job);
          const backups = all.flatMap(({ tick, backups }) =>
            backups.map((each) => subject(each, `the backup of ${tick.label}`, tick)),
          );
          const snapshots = all.flatMap(({ tick, snapshots }) =>
            snapshots.map((each) => subject(each, `the snapshot of ${tick.label}`, tick)),
          );
          for (const backup of backups) {
            const others = backups.filter((each) => each !== backup);
            await judge(isMadeAlone(timelines.backups, { backup, others }), timeouts.jobMakes);
          }
          for (const snapshot of snapshots) {
            const others = snapshots.filter((each) => each !== snapshot);
            await judge(isTakenAlone(timelines.snapshots, { snapshot, others }), timeouts.jobMakes);
          }
        },
      ),
    /**
     * No container of a run's pod was restarted (but of one whose Job ends Failed, as the version has it),
     * and no Job had a second pod.
     */
    nothingRestarted: (job: JobHandle) =>
      context.step(
        'Then nothing was started a second time: no container of a pod, no pod of a Job',
        async () =>
          throwFor(restartsIn(job.watched.pods, failing(job)), 'something was started a second time'),
      ),
  };
};

const subject = ({ metadata: { name } }: { metadata: { name: string } }, label: string, { from }: Tick) => ({
  name,
  label,
  from,
});

/**
 * The steps that judge how the runs of a recurring job clean up; `backups` are those that the runs made, in
 * their order.
 */
const createThenOfCleanups = (context: Context) => {
  const { timelines, version, timeouts, expected, store, report } = context;
  const old = ({ retain }: JobHandle, backups: readonly BackupHandle[]) => backups.slice(0, -retain);
  const subject = (backup: BackupHandle) => ({ backup: { ...backup, from: backup.since.made }, version });

  return {
    /** The log of the last run tells of its cleanup as this Longhorn does, and each line of it is known. */
    jobLogs: async (
      job: JobHandle,
      { cleanup, backups }: { cleanup: Cleanup; backups: readonly BackupHandle[] },
    ): Promise<void> => {
      const line = await context.step.returning(
        `Then the log of ${lastTick(job).label} says of its cleanup: ${cleanup}`,
        async () => {
          const tick = lastTick(job);
          const lines = await readLogOf(job, { tick, version, limit: timeouts.jobLogEnds });
          const before = backups.filter(({ since }) => since.made < tick.from);
          const isDue = ({ name }: BackupHandle): boolean =>
            timelines.backups.current(name) !== undefined ||
            inForceAt(timelines.backups, name, tick.from)?.object.metadata.deletionTimestamp === undefined;
          const problems = problemsOfLog(lines, {
            cleanup,
            old: before.map(({ name }) => name),
            due: before.filter(isDue).map(({ name }) => name),
          });
          throwFor(problems, `the log of ${tick.label} (${tick.job}) is not as expected`);
          return lineOf(lines);
        },
        (line) => (line === undefined ? 'no warning, no error' : `"${line}"`),
      );
      if (line === undefined) return;
      if (cleanup === 'done, or too early')
        report.finding(toFinding('first-run-warns', `Longhorn ${version} says "${line}".`));
      // Once is enough: each later run says the same.
      else if (cleanup !== 'nothing made' && job.ticks.length === 2)
        report.finding(toFinding('cleanup-warning-wording', `Longhorn ${version} says "${line}".`));
    },
    /**
     * Each old backup goes Deleting, and Error: that the engine or the store refuses its deletion, only the
     * Backup tells.
     */
    oldOnesFail: (job: JobHandle, { by, backups }: { by: Refusing; backups: readonly BackupHandle[] }) =>
      context.step.idle(
        `Then each of the ${old(job, backups).length} old backups goes Deleting, and Error with the refusal of ${by}`,
        async () => {
          expected.push(...old(job, backups).map(({ name }) => ({ id: refusals[by], of: name })));
          for (const backup of old(job, backups))
            await judge(oldOneFails(timelines.backups, { ...subject(backup), by }), timeouts.oldOnesFail);
          report.finding(
            toFinding(
              'cleanup-fails-unseen',
              `The deletion of ${old(job, backups).length} backups failed in no log of a run.`,
            ),
          );
        },
      ),
    /** All of them are in the store still. */
    allStay: (backups: readonly BackupHandle[]) =>
      context.step(`Then the store still has all ${backups.length} backups`, async () => {
        const [first] = backups;
        const found = first === undefined ? [] : await store.backups(first.volume.name);
        const missing = backups.filter(({ name }) => !found.includes(name));
        const more = found.filter((name) => !backups.some((each) => each.name === name));
        if (missing.length > 0)
          throw new Error(
            `the store has no config of ${missing.map(({ label, name }) => `${label} (${name})`).join(', ')} any more`,
          );
        if (more.length > 0) throw new Error(`the store has backups that no run made: ${more.join(', ')}`);
      }),
    /** Each old backup is gone in the end, and the snapshot that it was made of. */
    oldOnesGo: (job: JobHandle, backups: readonly BackupHandle[]) =>
      context.step.idle(
        `Then each of the ${old(job, backups).length} old backups is gone in the end, and its snapshot`,
        () => {
          const snapshotGone = ({ label, snapshot: { name } }: BackupHandle) =>
            onceGone(timelines.snapshots, {
              name,
              label: `the snapshot of ${label} is gone`,
              describe: describeSnapshot,
              ...timeouts.snapshotsGone,
            });
          return Promise.all(
            old(job, backups).flatMap((backup): Promise<unknown>[] => [
              judge(oldOneGoes(timelines.backups, subject(backup)), timeouts.oldOnesGo),
              snapshotGone(backup),
            ]),
          );
        },
      ),
  };
};
