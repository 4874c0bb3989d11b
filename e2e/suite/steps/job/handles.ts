import type { CronJob, Event, Job, JobPod } from '../../../longhorn/job-types.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { VolumeHandle } from '../handles.ts';

/** What is watched of a recurring job, from before it was made. */
export type JobTimelines = {
  cronJobs: Timeline<CronJob>;
  jobs: Timeline<Job>;
  /** Of the job's runs. */
  pods: Timeline<JobPod>;
  /** About the recurring job, and its CronJob, which has the same name. */
  events: Timeline<Event>;
};

/** One run of a recurring job that a step brought about. */
export type Tick = {
  /** How sentences call it: "the first run". */
  label: string;
  /** The name of its Kubernetes Job. */
  job: string;
  /** Whether Kubernetes' own cron controller started it, or a step from the CronJob's template. */
  scheduled: boolean;
  /** Whether a backup is expected of it. */
  makes: boolean;
  /** The mark before it. */
  from: number;
};

/** A recurring job made by a step, for backups of one volume. */
export type JobHandle = {
  name: string;
  volume: VolumeHandle;
  /** How many backups it keeps. */
  retain: number;
  watched: JobTimelines;
  /** The whole log of each pod of its runs, by the pod's name; resolves when the container has ended. */
  logs: ReadonlyMap<string, Promise<string>>;
  /** Those so far, in their order. */
  ticks: Tick[];
};
