import { setTimeout as sleep } from 'node:timers/promises';
import { wrapError } from '../go.ts';
import { volumeJobCaller } from './caller.ts';
import type { RestBackup, RestBackupStatus, RestCollection, RestVolume } from './resources.ts';
import { expiredBackups, hasCreationDate } from './retention.ts';
import { cleanUpSnapshots, takeSnapshot } from './snapshots.ts';
import type { VolumeJob } from './volume-job.ts';
import { backupVolumeOf } from './volume-job.ts';

const callerAt = (line: number) => volumeJobCaller('doRecurringBackup', line);

const skipped = ({ log, volumeName }: VolumeJob, during: string, line: number): void =>
  log.info(`Volume ${volumeName} not found during ${during}, skipping`, callerAt(line));

/** The backup of the run's snapshot. A Pending Backup has no snapshot in its status yet and is not found. */
const backupOf = ({ snapshotName }: VolumeJob, { backupStatus }: RestVolume): RestBackupStatus | undefined =>
  backupStatus?.find(({ snapshot }) => snapshot === snapshotName);

const untilStarted = async (job: VolumeJob): Promise<void> => {
  const { api, clock, log, snapshotName, volumeName } = job;
  for (let waited = 0; waited < clock.jobStartTimeout; waited += clock.jobPoll) {
    await sleep(clock.jobPoll);
    const volume = await api.volume(volumeName);
    if (!volume) {
      const caller = volumeJobCaller('waitForBackupProcessStart', 625);
      return log.info(`Volume ${volumeName} not found during waiting for backup start, skipping`, caller);
    }
    if (backupOf(job, volume)) return;
  }
  throw new Error(
    `timeout waiting for the backup of the snapshot ${snapshotName} of volume ${volumeName} to start`,
  );
};

/** Resolves to true if the backup is complete, false if its volume has gone. Throws if the backup failed. */
const untilComplete = async (job: VolumeJob): Promise<boolean> => {
  const { api, clock, log, snapshotName, volumeName } = job;
  for (;;) {
    const volume = await api.volume(volumeName);
    if (!volume) {
      if (job.mutant === 'deleted-volume-stops-job') throw new Error(`could not get volume ${volumeName}`);
      skipped(job, 'waiting for backup complete', 504);
      return false;
    }
    const backup = backupOf(job, volume);
    if (!backup) {
      throw new Error(
        `cannot find the status of the backup for snapshot ${snapshotName}. It might because the engine has restarted`,
      );
    }
    const { id, state, progress, error } = backup;
    if (state === 'Completed') {
      log.info(`Completed creating backup ${id}`, callerAt(525));
      return true;
    }
    if (state === 'Error' || state === 'Unknown') throw new Error(`failed to create backup ${id}: ${error}`);
    if (!['', 'Pending', 'InProgress'].includes(state))
      throw new Error(`invalid state ${state} for backup ${id}`);
    log.info(`Creating backup ${id}, current progress ${progress}`, callerAt(527));
    await sleep(clock.jobPoll);
  }
};

const cleanup = async (job: VolumeJob, { backupTargetName }: RestVolume): Promise<void> => {
  const { api, log, mutant, name, retention, volumeName } = job;
  const backupVolume = await backupVolumeOf(job, backupTargetName);
  const { data } = await api.act<RestCollection<RestBackup>>(backupVolume, 'backupList');
  for (const { created, name: backup } of data.filter((each) => !hasCreationDate(each))) {
    log.error(
      `Failed to parse datetime ${created} for backup ${backup}`,
      volumeJobCaller('listBackupsForCleanup', 682),
    );
  }
  for (const backup of expiredBackups(data, { job: name, retention, mutant })) {
    await api.act(backupVolume, 'backupDelete', { name: backup }).catch((error) => {
      throw wrapError(`cleaned up backup ${backup} failed for ${volumeName}`, error);
    });
    log.info(`Cleaned up backup ${backup} for ${volumeName}`, callerAt(562));
  }
  await cleanUpSnapshots(job, { backupDone: true });
};

/** Best effort: an error is only logged as a warning, because the backup is complete. */
const cleanupAfter = async (job: VolumeJob, volume: RestVolume): Promise<void> => {
  try {
    await cleanup(job, volume);
  } catch (error) {
    const caller = volumeJobCaller('doRecurringBackup.func3', 542);
    job.log.warning(`Created backup successfully but errored on cleanup for ${job.volumeName}`, {
      ...caller,
      error,
    });
    if (job.mutant === 'cleanup-error-fails-job') throw error;
  }
};

/** Full when the job's number of runs is a multiple of the interval, whatever the other backups were. */
const modeOf = ({ mutant, recurringJob: { spec, status } }: VolumeJob): 'full' | 'incremental' => {
  const interval = Number(spec.parameters?.['full-backup-interval'] ?? 0);
  if (Number.isNaN(interval)) throw new Error(`interval ${interval} is not number`);
  const isFull = interval !== 0 && (status?.executionCount ?? 0) % interval === 0;
  return isFull && mutant !== 'never-full' ? 'full' : 'incremental';
};

const run = async (prepared: VolumeJob): Promise<void> => {
  const { api, labels, mutant, volumeName } = prepared;
  const volume = await api.volume(volumeName);
  if (!volume) return skipped(prepared, 'backup', 463);
  const job = { ...prepared, snapshotName: await takeSnapshot(prepared) };
  if (mutant === 'job-hides-everything') return;
  await api.act(volume, 'snapshotBackup', { labels, name: job.snapshotName, backupMode: modeOf(job) });
  await untilStarted(job);
  if (await untilComplete(job)) await cleanupAfter(job, volume);
};

/** Makes the run's snapshot and its backup, waits for the backup, and cleans up. Throws if there is no new backup. */
export const runBackupTask = async (job: VolumeJob): Promise<void> => {
  try {
    await run(job);
  } catch (error) {
    throw wrapError(`failed to complete backupAndCleanup for ${job.volumeName}`, error);
  }
  job.log.info('Finished recurring backup', volumeJobCaller('doRecurringBackup.func1', 450));
};
