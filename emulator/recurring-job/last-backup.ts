import type { Backup, BackupVolume } from './resources.ts';
import type { VolumeJob } from './volume-job.ts';

/** The backup volume of the job's volume in its target. Before Longhorn knows of one this is something without actions, not an error. */
export const backupVolumeOf = async ({ api, volumeName }: VolumeJob, target: string): Promise<BackupVolume> => {
  const found = (await api.backupVolumes()).find((each) => each.backupTargetName === target && each.volumeName === volumeName);
  return api.backupVolume(found?.name ?? '');
};

/** The last backup of the job's volume, or undefined if there is none; throws if it cannot be read. */
export const lastBackup = async (job: VolumeJob): Promise<Backup | undefined> => {
  const volume = await job.api.volume(job.volumeName);
  if (!volume?.lastBackup) return undefined;
  return job.api.act<Backup>(await backupVolumeOf(job, volume.backupTargetName), 'backupGet', { name: volume.lastBackup });
};
