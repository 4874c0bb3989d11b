import type { Context } from '../context.ts';
import type { JobHandle, Tick } from './handles.ts';
import { nextTick, scheduleJob, triggerJob } from './ticks.ts';

/** The steps that start a run of a recurring job. */
export type WhenOfJobs = {
  /** With a Job from the template of its CronJob, at once. */
  jobTriggered(job: JobHandle): Promise<Tick>;
  /** By Kubernetes' own cron controller; within a minute. */
  jobScheduled(job: JobHandle): Promise<Tick>;
};

/** Makes those steps. */
export const createWhenOfJobs = (context: Context): WhenOfJobs => ({
  jobTriggered: (job) =>
    context.step(
      `When ${nextTick(job)} of the recurring job is started from its template`,
      () => triggerJob(context, job),
      (tick) => tick.job,
    ),
  jobScheduled: (job) =>
    context.step(
      `When the time for ${nextTick(job)} of the recurring job comes, and Kubernetes starts it`,
      () => scheduleJob(context, job),
      (tick) => tick.job,
    ),
});
