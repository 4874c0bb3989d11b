import { createHash } from 'node:crypto';

/** The release whose sources and recordings this emulator follows. */
export const referenceVersion = 'v1.12.1';

/** Value of the setting current-longhorn-version, which distinguishes the emulator from a real Longhorn in reports. */
export const emulatorVersion = (version: string): string => `${version}-emulator`;

export const namespace = 'longhorn-system';
export const finalizer = 'longhorn.io';

/** The backup target that every Longhorn has. A volume without a target uses it. */
export const defaultTargetName = 'default';

export const labels = {
  volume: 'longhornvolume',
  backupTarget: 'backup-target',
  backupVolume: 'backup-volume',
  deleteCustomResourceOnly: 'longhorn.io/delete-custom-resource-only',
  accessMode: 'longhorn.io/volume-access-mode',
  encrypted: 'volume-encrypted',
  /** On a SystemBackup that was found in the store: the version of the Longhorn that made it. */
  version: 'longhorn.io/version',
  /** On a SystemRestore while it is under way. */
  systemRestore: 'longhorn.io/system-restore',
} as const;

/** The provisioner of Longhorn's StorageClasses. */
export const longhornProvisioner = 'driver.longhorn.io';

/** The setting that names a StorageClass, and its initial value, which needs none. */
export const staticClass = {
  setting: 'default-longhorn-static-storage-class',
  initial: 'longhorn-static',
} as const;

/** The setting without which Longhorn is not uninstalled. */
export const confirmationFlag = 'deleting-confirmation-flag';

/** The annotation of a backup target that an uninstallation deletes, also of the default one. */
export const deletedByUninstallation = 'longhorn.io/delete-backup-target-from-longhorn';

/** Annotations of what a system restore has made, changed, or left as it was. */
export const restoreMarks = {
  restored: 'longhorn.io/last-system-restored',
  restoredAt: 'longhorn.io/last-system-restored-at',
  skipped: 'longhorn.io/last-skipped-system-restored',
  skippedAt: 'longhorn.io/last-skipped-system-restored-at',
  /** On a volume: the URL of the backup that it is restored from. */
  backup: 'longhorn.io/last-system-restored-backup',
} as const;

/** How the name of a job begins that is made anew with a volume, as the one of its name was changed. */
export const restoredJobPrefix = 'restored-recurring-job-';

/**
 * Labels of recurring jobs, of their volumes, and of the objects that they make. The value is the job's name,
 * or `enabled` on a volume.
 */
export const jobLabels = {
  /** On CronJob, Job and pod. */
  job: 'recurring-job.longhorn.io',
  ofJob: (name: string): string => `recurring-job.longhorn.io/${name}`,
  ofGroup: (group: string): string => `recurring-job-group.longhorn.io/${group}`,
  /** On a claim whose labels of recurring jobs its volume takes over. */
  source: 'recurring-job.longhorn.io/source',
  /** In the labels of snapshots and backups. */
  made: 'RecurringJob',
  /** On SystemBackups. */
  madeSystemBackup: 'recurring-job.longhorn.io/system-backup',
} as const;

/** The default engine image. Its name decides the path of the longhorn command. The image is never pulled. */
export const defaultEngineImage = `docker.io/longhornio/longhorn-engine:${referenceVersion}`;

/** The name that Longhorn's webhook enforces: ei- and the first 8 digits of the SHA-512 of the image's name. */
export const engineImageName = (image: string): string =>
  `ei-${createHash('sha512').update(image).digest('hex').slice(0, 8)}`;

/**
 * Path of an image's longhorn command in a manager and on its node. Every ':' and '/' of the image's name
 * becomes a '-'.
 */
export const engineBinaryPath = (image: string, dataRoot: string): string =>
  `${dataRoot}/engine-binaries/${image.replaceAll(/[:/]/g, '-')}/longhorn`;

/** Name of a BackupVolume since v1.9.1: the volume, and 8 digits of the SHA-256 of volume and target. */
export const backupVolumeName = (volume: string, target: string): string =>
  `${volume}-${createHash('sha256').update(`${volume}-${target}`).digest('hex').slice(0, 8)}`;

const numbers = (version: string): [number, number] | undefined => {
  const [, minor, patch] = /^v1\.(\d{1,4})\.(\d{1,4})$/.exec(version) ?? [];
  return minor === undefined || patch === undefined ? undefined : [Number(minor), Number(patch)];
};

const isAtMost = (version: string, end: string): boolean => {
  const [[minor, patch], [lastMinor, lastPatch]] = [numbers(version) ?? [0, 0], numbers(end) ?? [0, 0]];
  return minor < lastMinor || (minor === lastMinor && patch <= lastPatch);
};

/** Whether a version is `first` or newer. */
export const isAtLeast = (version: string, first: string): boolean =>
  version === first || !isAtMost(version, first);

/**
 * Versions that the emulator supports: from the first that deletes asynchronously to the one that it is
 * modelled on. Of the next one it has what its sources of 2026-08-21 do otherwise with recurring jobs.
 */
export const emulatedVersions = { oldest: 'v1.8.0', newest: referenceVersion, next: 'v1.13.0' } as const;

/** The supported versions, for messages. */
export const knownVersions = `${emulatedVersions.oldest} to ${emulatedVersions.newest}, and ${emulatedVersions.next}`;

/** Whether a text is a supported version. */
export const isEmulatedVersion = (text: string): boolean =>
  text === emulatedVersions.next ||
  (numbers(text) !== undefined && !isAtMost(text, 'v1.7.9999') && isAtMost(text, emulatedVersions.newest));

/**
 * Whether a manager of this version panics if a removal from the store fails after the Backup has gone
 * (longhorn/longhorn#13245).
 */
export const panicsOverLateFailure = (version: string): boolean =>
  isAtMost(version, 'v1.10.3') || (!isAtMost(version, 'v1.10.9999') && isAtMost(version, 'v1.11.2'));

/** The ConfigMap that sets the backup target `default`. */
export const defaultResourceConfigMap = 'longhorn-default-resource';

/** Whether the device of an encrypted volume of this version has room for the header of its encryption (go-common-libs). */
export const hasRoomForHeader = (version: string): boolean => !isAtMost(version, 'v1.10.9999');

/** Whether a Backup of this version says that its volume is encrypted (backup_controller.go, reconcile). */
export const labelsEncrypted = (version: string): boolean => !isAtMost(version, 'v1.11.9999');

/** Whether a manager of this version treats an engine that does not run as one that is being upgraded. */
export const keepsSnapshotsWhileDetached = (version: string): boolean => !isAtMost(version, 'v1.10.9999');

/** Whether a manager of this version leaves a backup target as it is if its Secret does not exist. */
export const hidesMissingSecret = (version: string): boolean => isAtLeast(version, 'v1.10.2');

/** Whether recurring jobs of this version may keep things by age, and spare the snapshot of a backup under way. */
export const keepsByAge = (version: string): boolean => isAtLeast(version, emulatedVersions.next);
