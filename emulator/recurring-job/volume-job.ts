import { randomUUID } from 'node:crypto';
import type { Behaviour } from '../environment.ts';
import type { Client } from '../kubernetes/client.ts';
import type { Log } from '../log.ts';
import type { RecurringJob } from '../longhorn/objects.ts';
import { jobLabels } from '../modelled-on.ts';
import { backUp } from './backup.ts';
import { inVolumeJob } from './caller.ts';
import { goJson, goMap, wrapped } from './go-text.ts';
import type { ManagerApi } from './manager-api.ts';
import { cleanUpSnapshots, takeSnapshot } from './snapshots.ts';

/** One run of a recurring job. */
export type Job = Behaviour & { name: string; recurringJob: RecurringJob; kubernetes: Client; api: ManagerApi; log: Log };

/** Its share for one volume; log has the fields that Longhorn puts on each of the share's lines. */
export type VolumeJob = Job & { task: string; retain: number; volumeName: string; snapshotName: string; labels: Record<string, string> };

/** Names the run's snapshot: at most the first 8 characters of `JOB-c`, and a UUID. */
const nameSnapshot = (job: string): string => `${`${job}-c`.slice(0, 8)}-${randomUUID()}`;

/** Prepares a run for one volume. */
export const createVolumeJob = (job: Job, volumeName: string): VolumeJob => {
  const { name, recurringJob } = job;
  const { task, retain, concurrency, groups, parameters } = recurringJob.spec;
  const labels = { ...recurringJob.spec.labels, [jobLabels.made]: name };
  const snapshotName = nameSnapshot(name);
  const log = job.log.with({
    job: name,
    task,
    retain,
    parameters: goMap(parameters),
    executionCount: recurringJob.status?.executionCount ?? 0,
    concurrent: concurrency,
    groups: (groups ?? []).join(','),
    volumeName,
    snapshotName,
    specLabels: goJson(labels),
  });
  return { ...job, task, retain, volumeName, snapshotName, labels, log };
};

const runSnapshotTask = async (job: VolumeJob): Promise<void> => {
  try {
    if (job.task !== 'snapshot-delete') await takeSnapshot(job);
    await cleanUpSnapshots(job, { backupDone: false });
  } catch (error) {
    throw wrapped('failed recurring snapshot', error);
  }
  job.log.info('Finished recurring snapshot', inVolumeJob('doRecurringSnapshot.func1', 189));
};

/** Does the job's task for its volume; throws what Longhorn would report as the failure of this volume's job. */
export const runVolumeJob = async (job: VolumeJob): Promise<void> => {
  const { api, task, log, volumeName } = job;
  log.info('Starting volume job', inVolumeJob('run', 141));
  const volume = await api.volume(volumeName).catch((error) => {
    throw wrapped(`failed to get volume ${volumeName}`, error);
  });
  if (!volume) return log.info(`Volume ${volumeName} not found, skipping`, inVolumeJob('run', 150));
  if (volume.state !== 'attached' && volume.state !== 'detached') {
    throw new Error(
      `volume ${volumeName} is in an invalid state for recurring job: ${volume.state}. Volume must be in state Attached or Detached`,
    );
  }
  // Not best effort: an error here ends the run before anything is made, but for the tasks that are to create by force.
  if (task === 'snapshot' || task === 'backup') await cleanUpSnapshots(job, { backupDone: false });
  const backup = task === 'backup' || task === 'backup-force-create';
  log.info(`Running recurring ${backup ? 'backup' : 'snapshot'} for volume ${volumeName}`, inVolumeJob('run', backup ? 176 : 180));
  await (backup ? backUp(job) : runSnapshotTask(job));
};
