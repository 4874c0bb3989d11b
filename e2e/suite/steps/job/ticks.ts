import type { Job } from '../../../longhorn/job-types.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { resources } from '../../../kube/cluster.ts';
import { once } from '../../../history/expectation.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../made.ts';
import type { JobHandle, Tick } from './handles.ts';
import { changeCron } from './recurring-job.ts';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];

/** What sentences call the next run of a job: "the first run", "the second run". */
export const nextTick = ({ ticks }: Pick<JobHandle, 'ticks'>): string => `the ${ordinals[ticks.length] ?? `${ticks.length + 1}th`} run`;

/** The run of a job that a step started last. */
export const lastTick = ({ name, ticks }: Pick<JobHandle, 'name' | 'ticks'>): Tick => {
  const last = ticks.at(-1);
  if (last === undefined) throw new Error(`no step has started recurring job ${name} yet`);
  return last;
};

/**
 * Starts a run of the job now, with a Job from its CronJob's template, and returns when Kubernetes has taken the wish.
 * Kubernetes' cron controller removes it like its own, but tells nothing of its end.
 */
export const triggerJob = async ({ cluster, run }: Context, job: JobHandle): Promise<Tick> => {
  const { cronJobs, jobs } = job.watched;
  const cronJob = cronJobs.current(job.name);
  if (cronJob === undefined) throw new Error(`there is no CronJob ${job.name} any more`);
  const { jobTemplate } = cronJob.spec;
  const tick: Tick = { label: nextTick(job), job: `${job.name}-${job.ticks.length + 1}`, scheduled: false, makes: true, from: jobs.mark() };
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: job.name, uid: cronJob.metadata.uid ?? '', controller: true };
  job.ticks.push(tick);
  await cluster.create(resources.jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: tick.job,
      namespace,
      labels: { ...jobTemplate.metadata?.labels, ...runLabel(run) },
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [owner],
    },
    spec: jobTemplate.spec,
  });
  return tick;
};

/**
 * Has Kubernetes' cron controller start a run, and returns when it has. The job gets the minute that began last as its cron: a start that was
 * missed is made up for, if it lies after the CronJob was made and after its last start. Where none does, the next minute is waited for.
 */
export const scheduleJob = async (context: Context, job: JobHandle): Promise<Tick> => {
  const { cluster, limits } = context;
  const { cronJobs, jobs } = job.watched;
  const tick = { label: nextTick(job), scheduled: true, makes: true, from: jobs.mark() };
  const cronJob = cronJobs.current(job.name);
  const before = cronJob?.status?.lastScheduleTime;
  const since = before ?? cronJob?.metadata.creationTimestamp ?? '';
  await changeCron(context, job, everyQuarter(dueMinute({ since: Date.parse(since), now: Date.now() })));
  // A new cron is looked at only when it comes round; any other change, at once.
  await cluster.patch(
    resources.cronJobs,
    { namespace, name: job.name },
    { metadata: { annotations: { 'corral.test/touched': new Date().toISOString() } } },
  );
  const started = await once(jobs, (each) => isRunOf(each, job) && !job.ticks.some(({ job: name }) => name === each.metadata.name), {
    label: `Kubernetes has started a Job of CronJob ${job.name}`,
    ...limits.jobScheduled,
  });
  const whole: Tick = { ...tick, job: started.metadata.name };
  job.ticks.push(whole);
  // Were the cron changed before this note, the note would meet a conflict, and by the new cron there would be nothing to note: Kubernetes (v1.36.3)
  // would take the Job for somebody else's, and never tell of its end.
  await once(cronJobs, ({ status }) => status?.lastScheduleTime !== before, {
    name: job.name,
    label: `CronJob ${job.name} has a note of that start`,
    describe: ({ status }) => `last started: ${status?.lastScheduleTime ?? 'never'}`,
    ...limits.jobNoted,
  });
  // Before its minute comes round again.
  await changeCron(context, job);
  return whole;
};

const minute = 60_000;

/** The last full minute, or the next one where nothing has begun since; in ms since the epoch. */
export const dueMinute = ({ since, now }: { since: number; now: number }): number => {
  const last = Math.floor(now / minute) * minute;
  return last > since ? last : last + minute;
};

/** The cron that holds this minute and every fifteenth after it: the same in every time zone there is. */
export const everyQuarter = (time: number): string => {
  const first = new Date(time).getUTCMinutes() % 15;
  return `${[0, 15, 30, 45].map((quarter) => first + quarter).join(',')} * * * *`;
};

const isRunOf = ({ metadata }: Job, { name }: JobHandle): boolean =>
  metadata.ownerReferences?.some((owner) => owner.kind === 'CronJob' && owner.name === name) === true;
