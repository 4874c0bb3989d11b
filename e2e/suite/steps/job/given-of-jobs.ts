import type { Injected } from '../../../faults/fault.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import { type FaultyCleanUp, failCleanUp, faultyCleanUps } from './faults.ts';
import type { JobHandle } from './handles.ts';
import { makeRecurringJob } from './recurring-job.ts';

/** The steps that set a scene with recurring jobs. */
export type GivenOfJobs = {
  /** A recurring job that backs a volume up and keeps one backup; it runs when a step says so, in one way or the other. */
  recurringJob(volume: VolumeHandle): Promise<JobHandle>;
  /** From now on the clean-up of the job's runs fails in this way, until `when.released`. */
  faultyCleanup(job: JobHandle, how: FaultyCleanUp): Promise<Injected>;
};

/** Makes those steps. */
export const createGivenOfJobs = (context: Context): GivenOfJobs => ({
  recurringJob: (volume) =>
    context.step(
      'Given a recurring job that backs the volume up and keeps one backup',
      () => makeRecurringJob(context, volume),
      ({ name }) => name,
    ),
  faultyCleanup: (job, how) => context.step(`Given a fault: ${faultyCleanUps[how]}`, () => failCleanUp(context, job, how)),
});
