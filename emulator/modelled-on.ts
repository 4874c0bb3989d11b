import { createHash } from 'node:crypto';

/** The release whose sources and recordings this emulator follows. */
export const modelledOn = 'v1.12.1';

/** What the setting current-longhorn-version says, so that no report takes the emulator for the real one. */
export const emulatorVersion = (version: string): string => `${version}-emulator`;

export const namespace = 'longhorn-system';
export const finalizer = 'longhorn.io';

/** The backup target that every Longhorn has; a volume that names none uses it. */
export const defaultBackupTarget = 'default';

export const labels = {
  volume: 'longhornvolume',
  backupTarget: 'backup-target',
  backupVolume: 'backup-volume',
  deleteCustomResourceOnly: 'longhorn.io/delete-custom-resource-only',
  accessMode: 'longhorn.io/volume-access-mode',
} as const;

/** Labels by which recurring jobs, their volumes and what they make are found; the value is the job's name, on volumes `enabled`. */
export const jobLabels = {
  /** On CronJob, Job and pod. */
  job: 'recurring-job.longhorn.io',
  ofJob: (name: string): string => `recurring-job.longhorn.io/${name}`,
  ofGroup: (group: string): string => `recurring-job-group.longhorn.io/${group}`,
  /** In the labels of snapshots and backups. */
  made: 'RecurringJob',
} as const;

/** The default engine image: its name decides where the longhorn command lies; nothing is pulled from it. */
export const engineImage = `docker.io/longhornio/longhorn-engine:${modelledOn}`;

/** The name Longhorn's webhook enforces: ei- and the first 8 digits of the image's SHA-512. */
export const engineImageName = (image: string): string => `ei-${createHash('sha512').update(image).digest('hex').slice(0, 8)}`;

/** Where the longhorn command of an image lies in a manager and on its node: every ':' and '/' of the image's name is a '-'. */
export const engineBinary = (image: string, dataRoot: string): string =>
  `${dataRoot}/engine-binaries/${image.replaceAll(/[:/]/g, '-')}/longhorn`;

/** Name of a BackupVolume since v1.9.1: the volume and 8 digits of SHA-256 over volume and target. */
export const backupVolumeName = (volume: string, target: string): string =>
  `${volume}-${createHash('sha256').update(`${volume}-${target}`).digest('hex').slice(0, 8)}`;
