import type { Behaviour } from '../environment.ts';
import type { Client } from '../kubernetes/client.ts';
import type { Log } from '../log.ts';
import { inCommand, inVolumes } from './caller.ts';
import { wrapped } from './go-text.ts';
import { recurringJobs } from './kubernetes.ts';
import { connectManagerApi } from './manager-api.ts';
import { createVolumeJob, type Job, runVolumeJob } from './volume-job.ts';
import { findVolumes } from './volumes.ts';

export type RunOptions = Behaviour & { name: string; managerURL: string; kubernetes: Client; log: Log };

/** Counts the run; undefined, which is said, if there is no such RecurringJob. */
const begin = async ({ name, kubernetes, log }: RunOptions) => {
  const collection = recurringJobs(kubernetes);
  const found = await collection.fetch(name).catch((error) => {
    log.error(`Failed to get recurring job ${name}.`, { ...inCommand('recurringJob', 62), error });
    return undefined;
  });
  if (!found) return undefined;
  const status = { ownerID: '', ...found.status, executionCount: (found.status?.executionCount ?? 0) + 1 };
  return collection.updateStatus({ ...found, status }).catch((error) => {
    throw wrapped('failed to update job execution count', error);
  });
};

const runOne = async (job: Job, volumeName: string): Promise<void> => {
  const volumeJob = createVolumeJob(job, volumeName);
  const { log } = volumeJob;
  log.info('Creating volume job', inVolumes('startVolumeJob', 84));
  try {
    await runVolumeJob(volumeJob);
  } catch (error) {
    log.error('Failed to run volume job', { ...inVolumes('startVolumeJob', 88), error });
    throw error;
  }
  log.info('Created volume job', inVolumes('startVolumeJob', 92));
};

/** Runs a job for its volumes, so many at once; like v1.12.1 it loses what one volume's run throws. */
const runAll = async (job: Job, { volumes, atOnce }: { volumes: string[]; atOnce: number }): Promise<void> => {
  const left = [...volumes];
  const work = async (): Promise<void> => {
    for (let volume = left.shift(); volume; volume = left.shift()) {
      try {
        await runOne(job, volume);
      } catch (error) {
        if (job.mutant === 'cleanup-error-fails-job') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
};

/** Runs a recurring job once and gives the exit code of `longhorn-manager recurring-job`: 0 although a volume's run has failed. */
export const runRecurringJob = async (options: RunOptions): Promise<number> => {
  const { name, kubernetes, log, clock, mutant } = options;
  try {
    const recurringJob = await begin(options);
    if (!recurringJob) return 0;
    const atOnce = Math.max(1, recurringJob.spec.concurrency);
    const api = await connectManagerApi(options.managerURL, { atOnce, log });
    const volumes = await findVolumes(recurringJob, options);
    await runAll({ name, recurringJob, kubernetes, api, log, clock, mutant }, { volumes, atOnce });
    return 0;
  } catch (error) {
    log.fatal('Failed to do a recurring job', { ...inCommand('RecurringJobCmd.func1', 31), error });
    return 1;
  }
};
