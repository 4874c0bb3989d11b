import { waitUntil } from '../../../history/expectation.ts';
import { followLog } from '../../../history/pod-log.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { type Cluster, resources } from '../../../kube/cluster.ts';
import type { Pod } from '../../../kube/pods.ts';
import { ordinal } from '../../../kube/text.ts';
import {
  type CronJob,
  defaultGroup,
  type Event,
  type Job,
  jobPodsLabel,
  type RecurringJob,
  volumeGroupLabel,
  volumeJobLabel,
} from '../../../longhorn/job-types.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { VolumeHandle } from '../handles.ts';
import { readSetting } from '../setting/setting.ts';

/** The watches of a recurring job, started before it was made. */
type JobTimelines = {
  cronJobs: Timeline<CronJob>;
  jobs: Timeline<Job>;
  /** The pods of the job's runs. */
  pods: Timeline<Pod>;
  /** Events about the recurring job, and about its CronJob, which has the same name. */
  events: Timeline<Event>;
};

/** One run of a recurring job. */
export type JobRun = {
  /** Its name in sentences: "the first run". */
  label: string;
  /** The name of its Kubernetes Job. */
  job: string;
  /** True if Kubernetes' cron controller started it; false if a step started it from the CronJob's template. */
  scheduled: boolean;
  /** Whether it is expected to make a backup. */
  makes: boolean;
  /** It was started while no backup could be made. It may have left a snapshot, and a backup in Error. */
  tries?: true;
  /** The last sequence before it. */
  from: number;
};

/** A recurring job that a step made. */
export type AnyJobHandle = {
  name: string;
  /** The number of backups that it keeps. */
  retain: number;
  /** As it was made. */
  spec: RecurringJob['spec'];
  watched: JobTimelines;
  /** The whole log of each pod of its runs, by pod name. A log resolves when the container has ended. */
  logs: ReadonlyMap<string, Promise<string>>;
  /** The runs so far, in order. */
  runs: JobRun[];
};

/** A recurring job for one of its volumes. */
export type JobHandle = AnyJobHandle & {
  volume: VolumeHandle;
  /** The handles for its other volumes. They share its runs. */
  others: JobHandle[];
};

/** Returns a cron schedule about half a year from now, in any time zone, so that it is never due during a scenario. */
export const farAway = (): string => `0 0 1 ${((new Date().getUTCMonth() + 6) % 12) + 1} *`;

/**
 * Options of a job. `keeps`: how many backups or snapshots it keeps. `fullInterval`: with n, every nth backup is
 * full. `labels`: the labels of what it makes. `alone`: the volume leaves the group default, whose jobs are others'.
 * `age`: it keeps by age, which is in Go's format, and not by number.
 */
export type JobOptions = {
  task?:
    | 'backup'
    | 'backup-force-create'
    | 'snapshot'
    | 'snapshot-cleanup'
    | 'snapshot-delete'
    | 'filesystem-trim';
  keeps?: number;
  fullInterval?: number;
  labels?: Record<string, string>;
  alone?: boolean;
  age?: string;
};

/**
 * Makes a recurring job. Returns when Longhorn has created its CronJob. The job runs only when a step starts it. It is
 * for a group with its own name, which has no volumes yet.
 */
export const makeAnyJob = async (
  context: Context,
  how: Pick<
    RecurringJob['spec'],
    'task' | 'retain' | 'labels' | 'parameters' | 'retentionPolicy' | 'retainAge'
  >,
  name = context.uniqueName('job'),
): Promise<AnyJobHandle> => {
  const { cluster, made, run } = context;
  const spec: RecurringJob['spec'] = { ...how, name, cron: farAway(), concurrency: 1, groups: [name] };
  return followJob(context, spec, async () => {
    made.jobs.push(name);
    await cluster.create<RecurringJob>(longhornResources.recurringJobs, {
      ...{ apiVersion, kind: 'RecurringJob', spec },
      metadata: { name, namespace, labels: runLabel(run) },
    });
  });
};

/** Follows a job, and returns when Longhorn has created its CronJob. The job may be made meanwhile. */
export const followJob = async (
  context: Context,
  spec: RecurringJob['spec'],
  make: () => Promise<void> = async () => {},
): Promise<AnyJobHandle> => {
  const { name, retain } = spec;
  const watched = await watchJob(context, name);
  const logs = readLogs(context, { name, pods: watched.pods });
  await make();
  await waitUntil(watched.cronJobs, () => true, {
    name,
    label: `Longhorn has a CronJob ${name}`,
    ...context.timeouts.cronJobExists,
  });
  return { name, retain, spec, watched, logs, runs: [] };
};

/** The settings of a job that another Longhorn has in its own cluster. It keeps more backups than this Longhorn allows. */
export const foreignJob = async (context: Context): Promise<RecurringJob['spec']> => {
  const retain = Number(await readSetting(context, 'recurring-job-max-retention')) + 1;
  const name = context.uniqueName('job');
  // A restore may make it.
  context.made.jobs.push(name);
  return { name, task: 'backup', cron: farAway(), retain, concurrency: 1, groups: [name], labels: {} };
};

/** Makes a recurring job for a volume; the default task is backup. */
export const makeRecurringJob = async (
  context: Context,
  volume: VolumeHandle,
  { task = 'backup', keeps: retain = 1, fullInterval, labels = {}, alone, age }: JobOptions = {},
): Promise<JobHandle> => {
  const job = await makeAnyJob(context, {
    ...{ task, retain, labels },
    ...(fullInterval && { parameters: { 'full-backup-interval': String(fullInterval) } }),
    ...(age !== undefined && { retentionPolicy: 'age-based', retainAge: age }),
  });
  await relabel(context, volume, {
    [volumeJobLabel(job.name)]: 'enabled',
    ...(alone && { [volumeGroupLabel(defaultGroup)]: null }),
  });
  return { ...job, volume, others: [] };
};

/**
 * Returns the recurring jobs with one of these names as a group. Each job of the suite is its own group, so these are
 * the jobs themselves, and what Longhorn has made of them in restores, under any name and without a run's label.
 */
export const jobsFrom = async (
  { cluster }: { cluster: Cluster },
  names: readonly string[],
): Promise<RecurringJob[]> => {
  const { items } = await cluster.list<RecurringJob>(longhornResources.recurringJobs, { namespace });
  return items.filter(({ spec }) => spec.groups?.some((group) => names.includes(group)));
};

const relabel = async (
  { cluster }: Context,
  { name }: VolumeHandle,
  labels: Record<string, 'enabled' | null>,
): Promise<void> => {
  await cluster.patch(longhornResources.volumes, { namespace, name }, { metadata: { labels } });
};

/** Removes the volume from a job. */
export const leaveJob = (context: Context, { name, volume }: JobHandle): Promise<void> =>
  relabel(context, volume, { [volumeJobLabel(name)]: null });

/** Whose way of deleting a job is used. */
export type DeletedBy = 'the page' | 'kubectl';

/**
 * Deletes a job. Longhorn's page deletes in the foreground: the job exists until its dependents are gone, and
 * Longhorn meanwhile removes its labels from volumes. kubectl deletes in the background: the job is gone at once.
 */
export const deleteJob = ({ cluster }: Context, { name }: JobHandle, by: DeletedBy): Promise<void> =>
  cluster.delete(
    longhornResources.recurringJobs,
    { namespace, name },
    { propagationPolicy: by === 'the page' ? 'Foreground' : 'Background' },
  );

/** Adds a volume to a job through its group. The job must not have run yet. */
export const joinJob = async (context: Context, job: JobHandle, volume: VolumeHandle): Promise<JobHandle> => {
  await relabel(context, volume, { [volumeGroupLabel(job.name)]: 'enabled' });
  const other: JobHandle = { ...job, volume, others: [], runs: [] };
  job.others.push(other);
  return other;
};

/** Changes the schedule of a job; the default is never due. Returns when the CronJob has it. */
export const changeCron = async (
  { cluster, timeouts }: Context,
  { name, watched }: JobHandle,
  cron = farAway(),
): Promise<void> => {
  await cluster.patch(longhornResources.recurringJobs, { namespace, name }, { spec: { cron } });
  await waitUntil(watched.cronJobs, ({ spec }) => spec.schedule === cron, {
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
    follow<Pod>(cluster, resources.pods, { namespace, labelSelector: jobPodsLabel(name), signal }),
    follow<Event>(cluster, resources.events, {
      namespace,
      fieldSelector: `involvedObject.name=${name}`,
      signal,
    }),
  ]);
  return { cronJobs, jobs, pods, events };
};

// Logs are read while the pod runs. Kubernetes may remove the pod when the next run ends, because by default it keeps
// only the last run.
const readLogs = (
  { cluster, scenarioSignal: signal }: Context,
  { name, pods }: { name: string; pods: Timeline<Pod> },
): JobHandle['logs'] => {
  const logs = new Map<string, Promise<string>>();
  pods.onEntry((entry) => {
    if (entry.kind === 'gap' || entry.kind === 'deleted') return;
    const pod = entry.object.metadata.name;
    const state = entry.object.status?.containerStatuses?.[0]?.state;
    if (logs.has(pod) || (state?.running === undefined && state?.terminated === undefined)) return;
    const log = followLog(cluster, { namespace, name: pod, container: name }, { signal });
    // The step that needs the log reports the error. The scenario may end earlier.
    log.catch(() => {});
    logs.set(pod, log);
  });
  return logs;
};

/** Returns the name of the next run for sentences: "the first run", "the second run". */
export const nextRunLabel = ({ runs }: Pick<JobHandle, 'runs'>): string => nthRun(runs.length);

const nthRun = (before: number): string => `the ${ordinal(before + 1)} run`;

/** Returns the last run of a job that a step started. */
export const lastRun = ({ name, runs }: Pick<JobHandle, 'name' | 'runs'>): JobRun => {
  const last = runs.at(-1);
  if (last === undefined) throw new Error(`no step has started recurring job ${name} yet`);
  return last;
};

/**
 * Starts a run now, with a Job made from the CronJob's template. Returns when Kubernetes has accepted it. Kubernetes'
 * cron controller removes such a Job like its own, but does not report its end.
 */
export const triggerJob = async (
  { cluster, run }: Context,
  job: AnyJobHandle & Partial<Pick<JobHandle, 'others'>>,
): Promise<JobRun> => {
  const { cronJobs, jobs } = job.watched;
  const cronJob = cronJobs.current(job.name);
  if (cronJob === undefined) throw new Error(`there is no CronJob ${job.name} any more`);
  const { jobTemplate } = cronJob.spec;
  const jobRun: JobRun = {
    label: nextRunLabel(job),
    job: `${job.name}-${job.runs.length + 1}`,
    scheduled: false,
    makes: true,
    from: jobs.lastSequence(),
  };
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: job.name,
    uid: cronJob.metadata.uid ?? '',
    controller: true,
  };
  for (const each of [job, ...(job.others ?? [])]) each.runs.push({ ...jobRun });
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
 * Makes Kubernetes' cron controller start a run, and returns when it has. The schedule is set to the minute that has
 * just begun: the controller catches up on a missed start, if it lies after the CronJob's creation and its last
 * start. Otherwise the run starts at the next minute.
 */
export const scheduleJob = async (context: Context, job: JobHandle): Promise<JobRun> => {
  const { cluster, timeouts } = context;
  const { cronJobs, jobs } = job.watched;
  const jobRun = { label: nextRunLabel(job), scheduled: true, makes: true, from: jobs.lastSequence() };
  const cronJob = cronJobs.current(job.name);
  const before = cronJob?.status?.lastScheduleTime;
  const since = before ?? cronJob?.metadata.creationTimestamp ?? '';
  await changeCron(context, job, everyQuarter(dueMinute({ since: Date.parse(since), now: Date.now() })));
  // The controller looks at a changed schedule only at its next time, and at any other change at once.
  await cluster.patch(
    resources.cronJobs,
    { namespace, name: job.name },
    { metadata: { annotations: { 'corral.test/touched': new Date().toISOString() } } },
  );
  const started = await waitUntil(
    jobs,
    (each) => isRunOf(each, job) && !job.runs.some(({ job: name }) => name === each.metadata.name),
    {
      label: `Kubernetes has started a Job of CronJob ${job.name}`,
      ...timeouts.jobScheduled,
    },
  );
  const whole: JobRun = { ...jobRun, job: started.metadata.name };
  job.runs.push(whole);
  // The controller notes each start in the CronJob's status. A schedule changed before that would make the note fail
  // with a conflict, and the new schedule has no start to note. Kubernetes (v1.36.3) would then never report the end
  // of the Job.
  await waitUntil(cronJobs, ({ status }) => status?.lastScheduleTime !== before, {
    name: job.name,
    label: `CronJob ${job.name} has a note of that start`,
    describe: ({ status }) => `last started: ${status?.lastScheduleTime ?? 'never'}`,
    ...timeouts.jobNoted,
  });
  // Before the scheduled minute comes again.
  await changeCron(context, job);
  return whole;
};

const minute = 60_000;

/** Returns the start of the current minute, or of the next one if `since` is not earlier. In ms since the epoch. */
export const dueMinute = ({ since, now }: { since: number; now: number }): number => {
  const last = Math.floor(now / minute) * minute;
  return last > since ? last : last + minute;
};

/** Returns a cron schedule with this minute and every fifteenth after it. It has the same times in every time zone. */
export const everyQuarter = (time: number): string => {
  const first = new Date(time).getUTCMinutes() % 15;
  return `${[0, 15, 30, 45].map((quarter) => first + quarter).join(',')} * * * *`;
};

const isRunOf = ({ metadata }: Job, { name }: JobHandle): boolean =>
  metadata.ownerReferences?.some((owner) => owner.kind === 'CronJob' && owner.name === name) === true;

/** Returns the runs that Kubernetes has started by schedule and that are not in `runs` yet, in order. */
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
