import { randomUUID } from 'node:crypto';
import type { Behaviour } from '../environment.ts';
import { formatGoJson, formatGoMap } from '../go.ts';
import type { Client } from '../kubernetes/client.ts';
import type { Log } from '../log.ts';
import type { RecurringJob } from '../longhorn/objects.ts';
import { jobLabels } from '../modelled-on.ts';
import type { ManagerApi } from './manager-api.ts';
import type { RestBackup, RestBackupVolume } from './resources.ts';
import { type Retention, retentionOf } from './retention.ts';

export type RecurringJobRun = Behaviour & {
  name: string;
  recurringJob: RecurringJob;
  kubernetes: Client;
  api: ManagerApi;
  log: Log;
  version: string;
  /**
   * Events that are not in the log yet. In Longhorn another thread logs them, and a run that ends at once
   * does not wait for it.
   */
  unloggedEvents: string[];
};

/** A run for one volume. `log` has the fields that Longhorn adds to each line. */
export type VolumeJob = RecurringJobRun & {
  task: string;
  retention: Retention;
  volumeName: string;
  snapshotName: string;
  labels: Record<string, string>;
};

/** How the name of what a run makes begins: at most the first 8 characters of `JOB-c`. */
export const prefixOfRun = (job: string): string => `${`${job}-c`.slice(0, 8)}-`;

/** Generates the name of what a run makes. */
export const nameOfRun = (job: string): string => `${prefixOfRun(job)}${randomUUID()}`;

/** Prepares a run for one volume. */
export const createVolumeJob = (job: RecurringJobRun, volumeName: string): VolumeJob => {
  const { name, recurringJob } = job;
  const { task, retain, concurrency, groups, parameters } = recurringJob.spec;
  const given = job.mutant === 'job-labels-lost' ? {} : recurringJob.spec.labels;
  const labels = { ...given, [jobLabels.made]: name };
  const snapshotName = nameOfRun(name);
  const log = job.log.with({
    job: name,
    task,
    retain,
    parameters: formatGoMap(parameters),
    executionCount: recurringJob.status?.executionCount ?? 0,
    concurrent: concurrency,
    groups: (groups ?? []).join(','),
    volumeName,
    snapshotName,
    specLabels: formatGoJson(labels),
  });
  return { ...job, task, retention: retentionOf(recurringJob, job), volumeName, snapshotName, labels, log };
};

/**
 * Returns the backup volume of the job's volume on its target. While there is none, returns a resource
 * without actions, not an error.
 */
export const backupVolumeOf = async (
  { api, volumeName }: VolumeJob,
  target: string,
): Promise<RestBackupVolume> => {
  const found = (await api.backupVolumes()).find(
    (each) => each.backupTargetName === target && each.volumeName === volumeName,
  );
  return api.backupVolume(found?.name ?? '');
};

/** Returns the last backup of the job's volume, or undefined if there is none. Throws if it cannot be read. */
export const readLastBackup = async (job: VolumeJob): Promise<RestBackup | undefined> => {
  const volume = await job.api.volume(job.volumeName);
  if (!volume?.lastBackup) return undefined;
  return job.api.act<RestBackup>(await backupVolumeOf(job, volume.backupTargetName), 'backupGet', {
    name: volume.lastBackup,
  });
};
