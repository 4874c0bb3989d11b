import { once } from '../../../history/expectation.ts';
import { followLog } from '../../../history/pod-log.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { resources } from '../../../kube/cluster.ts';
import {
  type CronJob,
  type Event,
  inGroup,
  type Job,
  type JobPod,
  jobPodsLabel,
  type RecurringJob,
  takesPart,
} from '../../../longhorn/job-types.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import { runLabel } from '../made.ts';

/** What is watched of a recurring job, from before it was made. */
type JobTimelines = {
  cronJobs: Timeline<CronJob>;
  jobs: Timeline<Job>;
  /** Of the job's runs. */
  pods: Timeline<JobPod>;
  /** About the recurring job, and its CronJob, which has the same name. */
  events: Timeline<Event>;
};

/** One run of a recurring job that a step brought about. */
export type JobRun = {
  /** How sentences call it: "the first run". */
  label: string;
  /** The name of its Kubernetes Job. */
  job: string;
  /** Whether Kubernetes' own cron controller started it, or a step from the CronJob's template. */
  scheduled: boolean;
  /** Whether a backup is expected of it. */
  makes: boolean;
  /** It was started while no backup could be made: it may have left a snapshot, and a backup in Error. */
  tries?: true;
  /** The mark before it. */
  from: number;
};

/** A recurring job made by a step, and what it does for one of its volumes. */
export type JobHandle = {
  name: string;
  volume: VolumeHandle;
  /** What it does for its other volumes; their runs are those of this one. */
  others: JobHandle[];
  /** How many backups it keeps. */
  retain: number;
  watched: JobTimelines;
  /** The whole log of each pod of its runs, by the pod's name; resolves when the container has ended. */
  logs: ReadonlyMap<string, Promise<string>>;
  /** Those so far, in their order. */
  runs: JobRun[];
};

/** A cron that no scenario lasts until, whatever the time zone that it is read in: half a year from now. */
const farAway = (now = new Date()): string => `0 0 1 ${((now.getUTCMonth() + 6) % 12) + 1} *`;

/** What a job does, how many it keeps, each how manieth it is to send whole, and the labels of what it makes. */
export type JobOptions = {
  task?: 'backup' | 'backup-force-create' | 'snapshot' | 'snapshot-delete';
  keeps?: number;
  fullInterval?: number;
  labels?: Record<string, string>;
};

/**
 * Makes a recurring job for a volume, by default for its backups, and returns when Longhorn has a CronJob for it. It runs
 * when a step says so, and not by itself; it is also for the group that has its name, in which nobody is yet.
 */
export const makeRecurringJob = async (
  context: Context,
  volume: VolumeHandle,
  { task = 'backup', keeps: retain = 1, fullInterval, labels = {} }: JobOptions = {},
): Promise<JobHandle> => {
  const { cluster, made, run, timeouts } = context;
  const name = context.uniqueName('job');
  const watched = await watchJob(context, name);
  const logs = readLogs(context, { name, pods: watched.pods });
  const wanted: RecurringJob = {
    apiVersion,
    kind: 'RecurringJob',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: {
      name,
      task,
      cron: farAway(),
      retain,
      concurrency: 1,
      groups: [name],
      labels,
      ...(fullInterval && { parameters: { 'full-backup-interval': String(fullInterval) } }),
    },
  };
  made.jobs.push(name);
  await cluster.create(longhornResources.recurringJobs, wanted);
  await label(context, volume, takesPart(name));
  await once(watched.cronJobs, () => true, {
    name,
    label: `Longhorn has a CronJob ${name}`,
    ...timeouts.cronJobExists,
  });
  return { name, volume, others: [], retain, watched, logs, runs: [] };
};

const label = async ({ cluster }: Context, { name }: VolumeHandle, key: string): Promise<void> => {
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name },
    { metadata: { labels: { [key]: 'enabled' } } },
  );
};

/** Takes the volume out of a job. */
export const leaveJob = async ({ cluster }: Context, { name, volume }: JobHandle): Promise<void> => {
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name: volume.name },
    { metadata: { labels: { [takesPart(name)]: null } } },
  );
};

/** Who a job is deleted as by. */
export type DeletedBy = 'the page' | 'kubectl';

/**
 * Deletes a job: as by Longhorn's own page it is there until what it owns has gone, and Longhorn takes its
 * labels off the volumes meanwhile; as by kubectl it has gone at once.
 */
export const deleteJob = ({ cluster }: Context, { name }: JobHandle, by: DeletedBy): Promise<void> =>
  cluster.delete(
    longhornResources.recurringJobs,
    { namespace, name },
    { propagationPolicy: by === 'the page' ? 'Foreground' : 'Background' },
  );

/** Has another volume take part in a job that has not run yet, by the job's group. */
export const joinJob = async (context: Context, job: JobHandle, volume: VolumeHandle): Promise<JobHandle> => {
  await label(context, volume, inGroup(job.name));
  const other: JobHandle = { ...job, volume, others: [], runs: [] };
  job.others.push(other);
  return other;
};

/** Gives the job another cron (far away where left out), and returns when its CronJob has it. */
export const changeCron = async (
  { cluster, timeouts }: Context,
  { name, watched }: JobHandle,
  cron = farAway(),
): Promise<void> => {
  await cluster.patch(longhornResources.recurringJobs, { namespace, name }, { spec: { cron } });
  await once(watched.cronJobs, ({ spec }) => spec.schedule === cron, {
    name,
    label: `CronJob ${name} has the cron ${cron}`,
    describe: ({ spec }) => spec.schedule,
    ...timeouts.cronJobExists,
  });
};

const watchJob = async (
  { cluster, scenarioSignal: signal }: Context,
  name: string,
): Promise<JobTimelines> => {
  const [cronJobs, jobs, pods, events] = await Promise.all([
    follow<CronJob>(cluster, resources.cronJobs, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
      signal,
    }),
    follow<Job>(cluster, resources.jobs, { namespace, signal }),
    follow<JobPod>(cluster, resources.pods, { namespace, labelSelector: jobPodsLabel(name), signal }),
    follow<Event>(cluster, resources.events, {
      namespace,
      fieldSelector: `involvedObject.name=${name}`,
      signal,
    }),
  ]);
  return { cronJobs, jobs, pods, events };
};

// Read while the pod runs: with the next run's end Kubernetes may remove it (by default it keeps the last one
// only).
const readLogs = (
  { cluster, scenarioSignal: signal }: Context,
  { name, pods }: { name: string; pods: Timeline<JobPod> },
): JobHandle['logs'] => {
  const logs = new Map<string, Promise<string>>();
  pods.onEntry((entry) => {
    if (entry.kind === 'gap' || entry.kind === 'deleted') return;
    const pod = entry.object.metadata.name;
    const state = entry.object.status?.containerStatuses?.[0]?.state;
    if (logs.has(pod) || (state?.running === undefined && state?.terminated === undefined)) return;
    const log = followLog(cluster, { namespace, name: pod, container: name }, { signal });
    // Reported by the step that needs it; the scenario may end before.
    log.catch(() => {});
    logs.set(pod, log);
  });
  return logs;
};

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];

/** What sentences call the next run of a job: "the first run", "the second run". */
export const nextRunLabel = ({ runs }: Pick<JobHandle, 'runs'>): string => nthRun(runs.length);

const nthRun = (before: number): string => `the ${ordinals[before] ?? `${before + 1}th`} run`;

/** The run of a job that a step started last. */
export const lastRun = ({ name, runs }: Pick<JobHandle, 'name' | 'runs'>): JobRun => {
  const last = runs.at(-1);
  if (last === undefined) throw new Error(`no step has started recurring job ${name} yet`);
  return last;
};

/**
 * Starts a run of the job now, with a Job from its CronJob's template, and returns when Kubernetes has taken
 * the wish. Kubernetes' cron controller removes it like its own, but reports nothing of its end.
 */
export const triggerJob = async ({ cluster, run }: Context, job: JobHandle): Promise<JobRun> => {
  const { cronJobs, jobs } = job.watched;
  const cronJob = cronJobs.current(job.name);
  if (cronJob === undefined) throw new Error(`there is no CronJob ${job.name} any more`);
  const { jobTemplate } = cronJob.spec;
  const jobRun: JobRun = {
    label: nextRunLabel(job),
    job: `${job.name}-${job.runs.length + 1}`,
    scheduled: false,
    makes: true,
    from: jobs.mark(),
  };
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: job.name,
    uid: cronJob.metadata.uid ?? '',
    controller: true,
  };
  for (const each of [job, ...job.others]) each.runs.push({ ...jobRun });
  await cluster.create(resources.jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobRun.job,
      namespace,
      labels: { ...jobTemplate.metadata?.labels, ...runLabel(run) },
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [owner],
    },
    spec: jobTemplate.spec,
  });
  return jobRun;
};

/**
 * Has Kubernetes' cron controller start a run, and returns when it has. The job gets the minute that began
 * last as its cron: a start that was missed is made up for, if it lies after the CronJob was made and after
 * its last start. Where none does, the next minute is waited for.
 */
export const scheduleJob = async (context: Context, job: JobHandle): Promise<JobRun> => {
  const { cluster, timeouts } = context;
  const { cronJobs, jobs } = job.watched;
  const jobRun = { label: nextRunLabel(job), scheduled: true, makes: true, from: jobs.mark() };
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
  const started = await once(
    jobs,
    (each) => isRunOf(each, job) && !job.runs.some(({ job: name }) => name === each.metadata.name),
    {
      label: `Kubernetes has started a Job of CronJob ${job.name}`,
      ...timeouts.jobScheduled,
    },
  );
  const whole: JobRun = { ...jobRun, job: started.metadata.name };
  job.runs.push(whole);
  // Were the cron changed before this note, the note would meet a conflict, and by the new cron there would
  // be nothing to note: Kubernetes (v1.36.3) would take the Job for somebody else's, and never report its
  // end.
  await once(cronJobs, ({ status }) => status?.lastScheduleTime !== before, {
    name: job.name,
    label: `CronJob ${job.name} has a note of that start`,
    describe: ({ status }) => `last started: ${status?.lastScheduleTime ?? 'never'}`,
    ...timeouts.jobNoted,
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

/** The runs that Kubernetes has started by the cron and no step has reported, in their order. */
export const startedRuns = (job: JobHandle): JobRun[] => {
  const { entries } = job.watched.jobs;
  const seen = new Set(job.runs.map((jobRun) => jobRun.job));
  return entries.flatMap((entry): JobRun[] => {
    if (entry.kind === 'gap' || !isRunOf(entry.object, job)) return [];
    const { name } = entry.object.metadata;
    if (seen.has(name)) return [];
    const label = nthRun(seen.size);
    seen.add(name);
    return [{ label, job: name, scheduled: true, makes: false, tries: true, from: entry.sequence - 1 }];
  });
};
