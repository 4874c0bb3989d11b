import { differsIn, toFinding } from '../../../longhorn/differences/differences.ts';
import { completes } from '../backup/expectations.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { judge } from '../limits.ts';
import { problemsOfEvents, untilTold } from './events.ts';
import { isMadeAlone, isTakenAlone, jobCompletes, jobFails, restartsIn } from './expectations.ts';
import type { JobHandle, Tick } from './handles.ts';
import { type MadeByTick, madeByTicks, problemsOf } from './made.ts';
import { createThenOfCleanUps, type ThenOfCleanUps } from './then-of-clean-ups.ts';
import { lastTick } from './ticks.ts';
import { untilLast, untilMade } from './until-made.ts';

/** The steps that judge the runs of a recurring job; each looks at all runs so far. */
export type ThenOfJobs = ThenOfCleanUps & {
  /** The Jobs end Complete, and Kubernetes tells so of each that it started; a run that made nothing ends as the version has it. */
  jobsComplete(job: JobHandle): Promise<void>;
  /** Each run made one snapshot, and one backup of it that completed, but for those that made nothing; returns the backups, in their order. */
  oneBackupEachTick(job: JobHandle): Promise<BackupHandle[]>;
  /** The last run made nothing, as this Longhorn does where it may not remove an old snapshot. */
  nothingMadeAnyMore(job: JobHandle): Promise<void>;
  /** No two backups of the volume, and no two snapshots, were ever being made at the same time. */
  neverTwoAtOnce(job: JobHandle): Promise<void>;
  /** No container of a run's pod was restarted (but of one whose Job ends Failed, as the version has it), and no Job had a second pod. */
  nothingRestarted(job: JobHandle): Promise<void>;
};

/** Makes those steps. */
export const createThenOfJobs = (context: Context): ThenOfJobs => {
  const { timelines, version, limits, report } = context;
  const made = ({ volume, ticks }: JobHandle): MadeByTick[] =>
    madeByTicks(timelines, { volume: volume.name, ticks, others: [...context.made.backups, ...context.made.snapshots] });
  const throwFor = (problems: readonly string[], what: string): void => {
    if (problems.length > 0) throw new Error(`${what}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  };
  // Of a run that made nothing.
  const hidesFailure = differsIn('job-hides-failure', version);
  const failing = ({ ticks }: JobHandle): string[] => ticks.flatMap(({ makes, job }) => (makes || hidesFailure ? [] : [job]));
  const untilEnded = async (job: JobHandle, tick: Tick): Promise<void> => {
    const end = tick.makes || hidesFailure ? jobCompletes : jobFails;
    await judge(end(job.watched.jobs, tick), limits.jobEnds);
  };

  return {
    ...createThenOfCleanUps(context),
    jobsComplete: (job) =>
      context
        .step(
          `Then the Job of ${lastTick(job).label} is Complete, as were those before`,
          async () => {
            for (const tick of job.ticks) await untilEnded(job, tick);
            const tick = lastTick(job);
            const told = tick.scheduled ? await untilTold(job, { tick, limit: limits.jobEventTold }) : undefined;
            if (told?.includes('condition:') === true) report.finding(toFinding('completed-job-wording', `Kubernetes says "${told}".`));
            throwFor(
              problemsOfEvents(job.watched.events, version),
              'what Kubernetes and Longhorn tell of the recurring job is not in order',
            );
            return told;
          },
          (told) => (told === undefined ? lastTick(job).job : `"${told}"`),
        )
        .then(() => {}),
    oneBackupEachTick: (job) =>
      context.step(
        `Then each of the ${job.ticks.filter(({ makes }) => makes).length} runs that made something made one backup, completed, and one snapshot`,
        async () => {
          await untilMade(context, job);
          const all = made(job);
          throwFor(problemsOf(all), 'the runs of the recurring job did not make what they should');
          const { within, owner } = limits.jobMakes;
          for (const { tick, backups } of all)
            for (const backup of backups)
              await completes(timelines.backups, actor(backup, `the backup of ${tick.label}`, tick)).within(within, owner);
          const handles = all.flatMap(({ tick, backups: [backup], snapshots: [snapshot] }): BackupHandle[] => {
            if (backup === undefined || snapshot === undefined) return [];
            const { name } = backup.metadata;
            const label = `the backup of ${tick.label}`;
            return [
              {
                name,
                label,
                volume: job.volume,
                snapshot: { name: snapshot.metadata.name, volume: job.volume },
                since: { made: tick.from },
              },
            ];
          });
          for (const newest of handles.slice(-1)) await untilLast(context, newest);
          return handles;
        },
        (backups) => backups.at(-1)?.name ?? 'none',
      ),
    nothingMadeAnyMore: (job) =>
      context.step(
        `Then ${lastTick(job).label} makes no backup and no snapshot, and its Job ends ${hidesFailure ? 'Complete' : 'Failed'}`,
        async () => {
          const tick = lastTick(job);
          tick.makes = false;
          await untilEnded(job, tick);
          throwFor(problemsOf(made(job)), `the runs of the recurring job did not do as Longhorn ${version} is known to`);
          // Once is enough: each later run does the same.
          if (job.ticks.filter(({ makes }) => !makes).length > 1) return;
          const stops = hidesFailure ? 'snapshot-cleanup-stops-the-job' : 'snapshot-cleanup-fails-the-job';
          report.finding(toFinding(stops, `From ${tick.label} on nothing was made.`));
          if (hidesFailure) report.finding(toFinding('job-hides-failure', `The Job of ${tick.label}, ${tick.job}, is Complete.`));
        },
      ),
    neverTwoAtOnce: (job) =>
      context.step('Then never were two backups or two snapshots of the volume being made at the same time', async () => {
        const all = made(job);
        const backups = all.flatMap(({ tick, backups }) => backups.map((each) => actor(each, `the backup of ${tick.label}`, tick)));
        const snapshots = all.flatMap(({ tick, snapshots }) => snapshots.map((each) => actor(each, `the snapshot of ${tick.label}`, tick)));
        const { within, owner } = limits.jobMakes;
        for (const backup of backups)
          await isMadeAlone(timelines.backups, { backup, others: backups.filter((each) => each !== backup) }).within(within, owner);
        for (const snapshot of snapshots)
          await isTakenAlone(timelines.snapshots, { snapshot, others: snapshots.filter((each) => each !== snapshot) }).within(
            within,
            owner,
          );
      }),
    nothingRestarted: (job) =>
      context.step('Then nothing was started a second time: no container of a pod, no pod of a Job', async () =>
        throwFor(restartsIn(job.watched.pods, failing(job)), 'something was started a second time'),
      ),
  };
};

const actor = ({ metadata: { name } }: { metadata: { name: string } }, label: string, { from }: Tick) => ({ name, label, from });
