import type { Behaviour } from '../environment.ts';
import { wrapError } from '../go.ts';
import type { Client } from '../kubernetes/client.ts';
import type { Log } from '../log.ts';
import type { RecurringJob, Volume } from '../longhorn/objects.ts';
import { jobLabels, restoredJobPrefix } from '../modelled-on.ts';
import { runBackupTask } from './backup.ts';
import { commandCaller, eventsCaller, utilCaller, volumeJobCaller, volumesCaller } from './caller.ts';
import { readBooleanSetting, recurringJobs, volumesWithLabel } from './kubernetes.ts';
import { connectManagerApi } from './manager-api.ts';
import type { RestVolume } from './resources.ts';
import { retentionOf } from './retention.ts';
import { cleanUpSnapshots, purgeSnapshots, takeSnapshot } from './snapshots.ts';
import { runSystemBackupTask } from './system-backup.ts';
import { createVolumeJob, type RecurringJobRun, type VolumeJob } from './volume-job.ts';

const runSnapshotTask = async (job: VolumeJob): Promise<void> => {
  try {
    if (job.task === 'snapshot-cleanup') await purgeSnapshots(job);
    else {
      if (job.task !== 'snapshot-delete') await takeSnapshot(job);
      await cleanUpSnapshots(job, { backupDone: false });
    }
  } catch (error) {
    throw wrapError('failed recurring snapshot', error);
  }
  job.log.info('Finished recurring snapshot', volumeJobCaller('doRecurringSnapshot.func1', 189));
};

const trimVolume = async (job: VolumeJob, volume: RestVolume): Promise<void> => {
  try {
    await job.api.act(volume, 'trimFilesystem');
    await purgeSnapshots(job);
  } catch (error) {
    throw wrapError(`failed to complete filesystem-trim for ${volume.name}`, error);
  }
  job.log.info('Finished recurring filesystem trim', volumeJobCaller('doRecurringFilesystemTrim.func1', 592));
};

/** Runs the job's task for one volume. Throws the error that Longhorn reports for this volume's job. */
const runVolumeJob = async (job: VolumeJob): Promise<void> => {
  const { api, task, log, volumeName } = job;
  log.info('Starting volume job', volumeJobCaller('run', 141));
  const volume = await api.volume(volumeName).catch((error) => {
    throw wrapError(`failed to get volume ${volumeName}`, error);
  });
  if (!volume) return log.info(`Volume ${volumeName} not found, skipping`, volumeJobCaller('run', 150));
  if (job.mutant === 'failed-backup-stops-job' && volume.backupStatus?.some(({ state }) => state === 'Error'))
    throw new Error(`volume ${volumeName} has a failed backup`);
  if (volume.state !== 'attached' && volume.state !== 'detached') {
    throw new Error(
      `volume ${volumeName} is in an invalid state for recurring job: ${volume.state}. Volume must be in state Attached or Detached`,
    );
  }
  // Not best effort: an error here ends the run before it makes anything. The -force-create tasks skip this cleanup.
  const isForced = task.endsWith('-force-create') && job.mutant !== 'force-ignored';
  if (!['snapshot-cleanup', 'snapshot-delete', 'filesystem-trim'].includes(task) && !isForced)
    await cleanUpSnapshots(job, { backupDone: false });
  if (task === 'filesystem-trim') {
    log.info(`Running recurring filesystem trim for volume ${volumeName}`, volumeJobCaller('run', 172));
    return trimVolume(job, volume);
  }
  const backup = task === 'backup' || task === 'backup-force-create';
  log.info(
    `Running recurring ${backup ? 'backup' : 'snapshot'} for volume ${volumeName}`,
    volumeJobCaller('run', backup ? 176 : 180),
  );
  await (backup ? runBackupTask(job) : runSnapshotTask(job));
};

const setting = 'allow-recurring-job-while-volume-detached';

const isReady = (
  { metadata: { name }, status }: Volume,
  { allowDetached, log }: { allowDetached: boolean; log: Log },
): boolean => {
  if (status?.restoreRequired) {
    log.info(
      `Bypassed to create job for ${name} volume during restoring from the backup`,
      utilCaller('filterVolumesForJob', 100),
    );
    return false;
  }
  const ready = status?.state === 'attached' || allowDetached;
  if (!ready)
    log.warning(
      `Cannot create job for ${name} volume in state ${status?.state ?? ''}`,
      utilCaller('filterVolumesForJob', 109),
    );
  return ready;
};

/**
 * Names of a job's volumes, without duplicates: those with its label, then those of its groups. Detached
 * volumes are left out unless the setting allows them.
 */
const findVolumes = async (
  { metadata, spec }: RecurringJob,
  { kubernetes, log, mutant }: RunOptions,
): Promise<string[]> => {
  const { name } = metadata;
  const allowDetached = await readBooleanSetting(kubernetes, setting).catch((error) => {
    throw wrapError(`failed to get ${setting} setting`, error);
  });
  log.info(`Setting ${setting} is ${allowDetached}`, volumesCaller('StartVolumeJobs', 32));
  const names = new Set<string>();
  const isForItself = mutant === 'fixed:restored-job-serves-others' && name.startsWith(restoredJobPrefix);
  const groups = isForItself ? [] : (spec.groups ?? []);
  for (const label of [jobLabels.ofJob(name), ...groups.map(jobLabels.ofGroup)]) {
    const selector = `${label}=enabled`;
    log.info(`Got volumes from label ${selector}`, utilCaller('getVolumesBySelector', 118));
    for (const volume of await volumesWithLabel(kubernetes, selector)) {
      const isAllowed = allowDetached || mutant === 'detached-not-left-out';
      const isLeftOut = mutant === 'restored-volume-left-out' && Boolean(volume.spec.fromBackup);
      if (!isLeftOut && isReady(volume, { allowDetached: isAllowed, log })) names.add(volume.metadata.name);
    }
  }
  log.info(`Found ${names.size} volumes with recurring job ${name}`, volumesCaller('StartVolumeJobs', 51));
  return [...names];
};

type RunOptions = Behaviour & {
  name: string;
  managerURL: string;
  kubernetes: Client;
  log: Log;
  version: string;
};

/**
 * Increments the job's number of runs. Logs why and returns undefined if the RecurringJob does not exist, or
 * is to keep things for no time.
 */
const begin = async ({ name, kubernetes, log, mutant, version }: RunOptions) => {
  const collection = recurringJobs(kubernetes);
  const found = await collection.fetch(name).catch((error) => {
    log.error(`Failed to get recurring job ${name}.`, { ...commandCaller('recurringJob', 62), error });
    return undefined;
  });
  if (!found) return undefined;
  const { retainAge, retentionPolicy } = found.spec;
  if (retentionOf(found, { mutant, version }).age === 0) {
    log.debug(
      `recurring job ${name} will not start due to an retainAge value of {${retainAge}} with the policy ${retentionPolicy}`,
      commandCaller('recurringJob', 75),
    );
    return undefined;
  }
  const status = { ownerID: '', ...found.status, executionCount: (found.status?.executionCount ?? 0) + 1 };
  return collection.updateStatus({ ...found, status }).catch((error) => {
    throw wrapError('failed to update job execution count', error);
  });
};

const runOne = async (job: RecurringJobRun, volumeName: string): Promise<void> => {
  for (const event of job.unloggedEvents.splice(0)) job.log.info(event, eventsCaller);
  const volumeJob = createVolumeJob(job, volumeName);
  const { log } = volumeJob;
  log.info('Creating volume job', volumesCaller('startVolumeJob', 84));
  try {
    await runVolumeJob(volumeJob);
  } catch (error) {
    log.error('Failed to run volume job', { ...volumesCaller('startVolumeJob', 88), error });
    throw error;
  }
  log.info('Created volume job', volumesCaller('startVolumeJob', 92));
};

/** Runs a job for its volumes, `atOnce` at a time. As in v1.12.1, errors of a volume's run are dropped. */
const runAll = async (
  job: RecurringJobRun,
  { volumes, atOnce }: { volumes: string[]; atOnce: number },
): Promise<void> => {
  const left = [...volumes];
  const work = async (): Promise<void> => {
    for (let volume = left.shift(); volume; volume = left.shift()) {
      try {
        await runOne(job, volume);
      } catch (error) {
        if (job.mutant === 'cleanup-error-fails-job') throw error;
        if (job.mutant === 'failing-volume-stops-job' || job.mutant === 'deleted-volume-stops-job')
          left.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
};

/**
 * Runs a recurring job once. Returns the exit code of `longhorn-manager recurring-job`: 0 even if a volume's
 * run failed, 1 if a system backup could not be requested.
 */
export const runRecurringJob = async (options: RunOptions): Promise<number> => {
  const { name, kubernetes, log, clock, mutant, version } = options;
  try {
    const recurringJob = await begin(options);
    if (!recurringJob) return 0;
    const atOnce = mutant === 'concurrency-ignored' ? 99 : Math.max(1, recurringJob.spec.concurrency);
    const api = await connectManagerApi(options.managerURL, { atOnce, log });
    const job = { name, recurringJob, kubernetes, api, log, clock, mutant, version, unloggedEvents: [] };
    if (recurringJob.spec.task === 'system-backup') {
      await runSystemBackupTask(job);
      return 0;
    }
    const volumes = await findVolumes(recurringJob, options);
    await runAll(job, { volumes, atOnce });
    return 0;
  } catch (error) {
    log.fatal('Failed to do a recurring job', { ...commandCaller('RecurringJobCmd.func1', 31), error });
    return 1;
  }
};
