import { createHash } from 'node:crypto';

/** The release whose sources and recordings this emulator follows. */
export const modelledOn = 'v1.12.1';

/** What the setting current-longhorn-version says, so that no report takes the emulator for the real one. */
export const emulatorVersion = (version: string): string => `${version}-emulator`;

export const namespace = 'longhorn-system';
export const finalizer = 'longhorn.io';

/** The backup target that every Longhorn has; a volume that names none uses it. */
export const defaultTargetName = 'default';

export const labels = {
  volume: 'longhornvolume',
  backupTarget: 'backup-target',
  backupVolume: 'backup-volume',
  deleteCustomResourceOnly: 'longhorn.io/delete-custom-resource-only',
  accessMode: 'longhorn.io/volume-access-mode',
} as const;

/**
 * Labels by which recurring jobs, their volumes and what they make are found; the value is the job's name, on
 * volumes `enabled`.
 */
export const jobLabels = {
  /** On CronJob, Job and pod. */
  job: 'recurring-job.longhorn.io',
  ofJob: (name: string): string => `recurring-job.longhorn.io/${name}`,
  ofGroup: (group: string): string => `recurring-job-group.longhorn.io/${group}`,
  /** In the labels of snapshots and backups. */
  made: 'RecurringJob',
} as const;

/** The default engine image: its name decides where the longhorn command lies; nothing is pulled from it. */
export const defaultEngineImage = `docker.io/longhornio/longhorn-engine:${modelledOn}`;

/** The name Longhorn's webhook enforces: ei- and the first 8 digits of the image's SHA-512. */
export const engineImageName = (image: string): string =>
  `ei-${createHash('sha512').update(image).digest('hex').slice(0, 8)}`;

/**
 * Where the longhorn command of an image lies in a manager and on its node: every ':' and '/' of the image's
 * name is a '-'.
 */
export const engineBinaryPath = (image: string, dataRoot: string): string =>
  `${dataRoot}/engine-binaries/${image.replaceAll(/[:/]/g, '-')}/longhorn`;

/** Name of a BackupVolume since v1.9.1: the volume and 8 digits of SHA-256 over volume and target. */
export const backupVolumeName = (volume: string, target: string): string =>
  `${volume}-${createHash('sha256').update(`${volume}-${target}`).digest('hex').slice(0, 8)}`;

const numbers = (version: string): [number, number] | undefined => {
  const [, minor, patch] = /^v1\.(\d{1,4})\.(\d{1,4})$/.exec(version) ?? [];
  return minor === undefined || patch === undefined ? undefined : [Number(minor), Number(patch)];
};

const isUpTo = (version: string, end: string): boolean => {
  const [[minor, patch], [lastMinor, lastPatch]] = [numbers(version) ?? [0, 0], numbers(end) ?? [0, 0]];
  return minor < lastMinor || (minor === lastMinor && patch <= lastPatch);
};

/** Whether a version is this one or younger. */
export const isSince = (version: string, first: string): boolean =>
  version === first || !isUpTo(version, first);

/**
 * Versions that the emulator can stand for: from the first that deletes asynchronously to the one that it is
 * modelled on.
 */
export const emulatedVersions = { oldest: 'v1.8.0', newest: modelledOn } as const;

/** Whether a text is one of them. */
export const isVersion = (text: string): boolean =>
  numbers(text) !== undefined && !isUpTo(text, 'v1.7.9999') && isUpTo(text, emulatedVersions.newest);

/**
 * Whether a manager of this version panics when a removal from the store fails whose Backup has gone
 * (longhorn/longhorn#13245).
 */
export const panicsOverLateFailure = (version: string): boolean =>
  isUpTo(version, 'v1.10.3') || (!isUpTo(version, 'v1.10.9999') && isUpTo(version, 'v1.11.2'));

/** Whether a manager of this version takes an engine that does not run for one that is being upgraded. */
export const keepsSnapshotsWhileDetached = (version: string): boolean => !isUpTo(version, 'v1.10.9999');
