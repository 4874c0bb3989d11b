import { setTimeout as sleep } from 'node:timers/promises';
import { wrapError } from '../go.ts';
import { writeEvent } from '../manager/events.ts';
import { keepsByAge, labels, namespace } from '../modelled-on.ts';
import { volumeJobCaller } from './caller.ts';
import { backupsWithLabel, readBooleanSetting } from './kubernetes.ts';
import type { RestCollection, RestSnapshot, RestVolume } from './resources.ts';
import { expiredSnapshots, unfinishedSnapshot } from './retention.ts';
import type { VolumeJob } from './volume-job.ts';
import { readLastBackup } from './volume-job.ts';

/** Number of checks before a wait for a snapshot fails (SnapshotReadyTimeout, which Longhorn means in seconds). */
const readyTries = 390;
const onlyLastBackups = 'auto-cleanup-recurring-job-backup-snapshot';

const untilReady = async ({ api, clock, snapshotName }: VolumeJob, volume: RestVolume): Promise<void> => {
  for (let tries = 0; tries < readyTries; tries++) {
    const found = await api
      .act<RestSnapshot>(volume, 'snapshotCRGet', { name: snapshotName })
      .catch((error) => {
        throw wrapError(`error while waiting for snapshot ${snapshotName} to be ready`, error);
      });
    if (found.readyToUse) return;
    await sleep(clock.jobPoll);
  }
  throw new Error(
    `timeouted waiting for the the snapshot ${snapshotName} of volume ${volume.name} to be ready`,
  );
};

/**
 * Takes the run's snapshot and returns its name, or waits for a snapshot that an earlier run requested without success.
 */
export const takeSnapshot = async (job: VolumeJob): Promise<string> => {
  const { api, name, log, labels, volumeName } = job;
  const volume = await api.volume(volumeName);
  if (!volume) {
    log.info(
      `Volume ${volumeName} not found during snapshot creation, skipping`,
      volumeJobCaller('doSnapshot', 214),
    );
    return job.snapshotName;
  }
  const { data } = await api.act<RestCollection<RestSnapshot>>(volume, 'snapshotCRList');
  const unfinished = unfinishedSnapshot(data, name);
  const snapshotName = unfinished ?? job.snapshotName;
  if (!unfinished) await api.act(volume, 'snapshotCRCreate', { labels, name: snapshotName });
  await untilReady({ ...job, snapshotName }, volume);
  log.info(`Complete creating the snapshot ${snapshotName}`, volumeJobCaller('doSnapshot', 266));
  return snapshotName;
};

/**
 * The snapshots to delete. Until the run's backup is complete, the last backup's snapshot is needed to find
 * the changed blocks.
 */
const toCleanUp = async (
  job: VolumeJob,
  volume: RestVolume,
  { backupDone }: { backupDone: boolean },
): Promise<string[]> => {
  const { api, kubernetes, log, mutant, name, retention, snapshotName, task } = job;
  const { data } = await api.act<RestCollection<RestSnapshot>>(volume, 'snapshotCRList');
  try {
    const onlyOfLast = await readBooleanSetting(kubernetes, onlyLastBackups);
    const rule = { job: name, task, retention, onlyLastBackups: onlyOfLast, mutant };
    const last = backupDone ? undefined : await readLastBackup(job).catch(() => undefined);
    return expiredSnapshots(data, { ...rule, needed: [snapshotName, last?.snapshotName ?? ''] });
  } catch (error) {
    const caller = volumeJobCaller('filterExpiredSnapshotsOfCurrentRecurringJob', 423);
    log.warning(`Failed to get the setting ${onlyLastBackups}`, { ...caller, error });
    return [];
  }
};

/** The snapshots of the volume's backups that are not at their end. Longhorn looks for them since v1.13. */
const beingBackedUp = async ({ kubernetes, mutant, version, volumeName }: VolumeJob): Promise<string[]> => {
  if (mutant !== 'fixed:cleanup-takes-snapshot-of-upload' && !keepsByAge(version)) return [];
  const backups = await backupsWithLabel(kubernetes, `${labels.backupVolume}=${volumeName}`);
  return backups
    .filter(({ status }) => ['', 'Pending', 'InProgress'].includes(status?.state ?? ''))
    .map(({ spec }) => spec.snapshotName ?? '');
};

const removeExpired = async (job: VolumeJob, when: { backupDone: boolean }): Promise<void> => {
  const { api, log, volumeName } = job;
  const volume = await api.volume(volumeName);
  if (!volume)
    return log.info(
      `Volume ${volumeName} not found during snapshot cleanup, skipping`,
      volumeJobCaller('doSnapshotCleanup', 303),
    );
  const kept = await beingBackedUp(job);
  for (const name of await toCleanUp(job, volume, when)) {
    if (kept.includes(name)) continue;
    await api.act(volume, 'snapshotCRDelete', { name });
    log.info(`Cleaned up snapshot CR ${name} for ${volumeName}`, volumeJobCaller('doSnapshotCleanup', 319));
  }
};

/** Deletes the job's old snapshots. An error is thrown, and is also written as an event of the RecurringJob. */
export const cleanUpSnapshots = async (job: VolumeJob, when: { backupDone: boolean }): Promise<void> => {
  if (job.mutant === 'snapshots-pile-up') return;
  if (job.mutant === 'failed-runs-leave-snapshots' && !when.backupDone) return;
  try {
    await removeExpired(job, when);
  } catch (error) {
    const { message } = wrapError(`failed to clean up old snapshots of volume ${job.volumeName}`, error);
    const event = {
      type: 'Warning',
      reason: 'FailedDeleting',
      message,
      source: { component: 'longhorn-recurring-job' },
    } as const;
    const { apiVersion, kind, metadata } = job.recurringJob;
    job.unloggedEvents.push(
      `Event(v1.ObjectReference{Kind:"${kind}", Namespace:"${namespace}", Name:"${metadata.name}", UID:"${metadata.uid}", APIVersion:"${apiVersion}", ResourceVersion:"${metadata.resourceVersion}", FieldPath:""}): type: '${event.type}' reason: '${event.reason}' ${message}`,
    );
    await writeEvent(job.kubernetes, job.recurringJob, event).catch((failure) =>
      job.log.warning('failed to create an event log', {
        ...volumeJobCaller('doSnapshotCleanup.func1', 292),
        error: failure,
      }),
    );
    throw error;
  }
};

/** Removes the snapshots of the volume that no user has made, and those that are marked as removed. */
export const purgeSnapshots = async ({ api, log, mutant, volumeName }: VolumeJob): Promise<void> => {
  const volume = await api.volume(volumeName);
  if (!volume) return;
  if (mutant === 'snapshot-cleanup-takes-manual-ones') {
    const { data } = await api.act<RestCollection<RestSnapshot>>(volume, 'snapshotCRList');
    for (const { name } of data) await api.act(volume, 'snapshotCRDelete', { name });
  }
  await api.act(volume, 'snapshotPurge');
  log.info('Purged snapshots', { volume: volumeName, ...volumeJobCaller('purgeSnapshots', 388) });
};
