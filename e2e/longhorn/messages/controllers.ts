import type { MessageRow, WrittenRow } from './row.ts';

const said = { speaker: 'manager', compared: 'whole' } as const satisfies Partial<MessageRow>;
const ofVolumes = 'controller/backup_volume_controller.go, source of v1.8.0 to v1.12.1';
const ofTargets = 'controller/backup_target_controller.go, source of v1.8.0 to v1.12.1';
const ofBackups = 'controller/backup_controller.go, source of v1.8.0 to v1.12.1';

/** Log messages of longhorn-manager's controllers about the state of backups. */
export const controllerMessages = {
  'store-objects-pulled': {
    ...said,
    class: 'informational',
    fields: ['log info'],
    means: 'The store has backups, or volumes, that the cluster does not know: their objects are made.',
    advice: 'Nothing.',
    wordings: [
      {
        pattern:
          /Found \d+ backups in the backup target that do not exist in the cluster and need to be pulled/,
        example:
          'Found 2 backups in the backup target that do not exist in the cluster and need to be pulled',
        seen: ofVolumes,
      },
      {
        pattern:
          /Found \d+ (?:backup volumes|BackupVolumes) in the backup target that do not exist in the cluster and need to be pulled/,
        example:
          'Found 2 BackupVolumes in the backup target that do not exist in the cluster and need to be pulled',
        seen: ofTargets,
      },
    ],
  },
  'store-objects-removed': {
    ...said,
    class: 'warning',
    fields: ['log info'],
    means:
      'By the last listing, the store no longer holds the data of some objects in the cluster: these objects are removed.',
    advice:
      'Look whether it is so: a listing that failed is taken for an empty one, and the objects come back with a later sync.',
    wordings: [
      {
        pattern:
          /Found \d+ backups in the backup target that do not exist in the cluster and need to be deleted from the cluster/,
        example:
          'Found 2 backups in the backup target that do not exist in the cluster and need to be deleted from the cluster',
        seen: ofVolumes,
      },
      {
        pattern:
          /Found \d+ (?:backup volumes|BackupVolumes) in the backup target that do not exist in the cluster and need to be deleted from the cluster/,
        example:
          'Found 2 BackupVolumes in the backup target that do not exist in the cluster and need to be deleted from the cluster',
        seen: ofTargets,
      },
      {
        pattern: /Deleting BackupVolume not exist in backupstore/,
        example: 'Deleting BackupVolume not exist in backupstore',
        seen: ofTargets,
      },
    ],
  },
  'store-not-listed': {
    ...said,
    class: 'transient',
    fields: ['log error'],
    means: 'Longhorn could not read the store, and keeps what it knows of it until the next sync.',
    advice: 'Look at the error behind it, and at the store.',
    wordings: [
      {
        pattern:
          /Failed to list backups from backup target: [\s\S]+|Failed to get backup volume config(?: metadata)? from backup target: [\s\S]+/,
        example: 'Failed to list backups from backup target: denied',
        seen: ofVolumes,
      },
      {
        pattern: /Failed to get info from backup store: [\s\S]+/,
        example: 'Failed to get info from backup store: denied',
        seen: ofTargets,
      },
      {
        pattern: /Error inspecting backup config: [\s\S]+/,
        example: 'Error inspecting backup config: denied',
        seen: ofBackups,
      },
    ],
  },
  'backup-waits-in-log': {
    ...said,
    class: 'informational',
    fields: ['log warning'],
    means: 'A new backup cannot start yet; the line says what it waits for.',
    advice: 'Nothing, when the backup goes on; otherwise look at what it waits for.',
    pattern: /Waiting to enable the backup monitor for backup \S+: [\s\S]+/,
    example: 'Waiting to enable the backup monitor for backup b: waiting',
    seen: ofBackups,
  },
  'backup-not-started': {
    ...said,
    class: 'failure',
    fields: ['log warning'],
    means: 'A backup could not be started; its status.error says the same.',
    advice: 'Look at the error behind it, and make the backup again.',
    pattern: /Failed to enable the backup monitor for backup \S+: [\s\S]+/,
    example: 'Failed to enable the backup monitor for backup b: denied',
    seen: ofBackups,
  },
  'backup-volume-removed': {
    ...said,
    class: 'warning',
    fields: ['log info'],
    means: 'All backups of a volume were removed from the store.',
    advice: 'Nothing, if somebody deleted the BackupVolume; otherwise look for who did.',
    pattern: /Complete deleting backup volume \S+/,
    example: 'Complete deleting backup volume v',
    seen: 'engineapi/backups.go, source of v1.8.0 to v1.12.1; longhorn/longhorn#9384',
  },
  'backup-without-instance-manager': {
    ...said,
    class: 'transient',
    fields: ['log error', 'log warning'],
    compared: 'within',
    means: 'There is no running instance manager on the node that owns the backup.',
    advice: "Look at that node's instance-manager pod; the backup goes on when it runs.",
    pattern: /cannot find a running instance manager for node \S+/,
    example:
      'longhorn-backup: failed to sync backup longhorn-system/b1: failed to get running instance manager for proxy client: cannot find a running instance manager for node n1',
    seen: 'longhorn/longhorn#11589',
  },
  'deletion-failed-in-log': {
    ...said,
    class: 'transient',
    fields: ['log warning'],
    means: 'A backup was not removed from the store; the Backup goes Error, and it is tried again.',
    advice: "Look at the Backup's status.messages.error, which has the cause.",
    wordings: [
      {
        pattern: /Failed to delete backup in backupstore: [\s\S]+/,
        example: 'Failed to delete backup in backupstore: denied',
        seen: ofBackups,
      },
      {
        pattern: /Failed to delete backup in the backupstore, [\s\S]+/,
        example: 'Failed to delete backup in the backupstore, denied',
        seen: ofBackups,
      },
    ],
  },
  'job-labels-left': {
    ...said,
    class: 'failure',
    compared: 'within',
    fields: ['log warning', 'log error'],
    means: 'The labels of a recurring job that was deleted were not taken off all volumes.',
    advice:
      'Take them off by hand: a volume that keeps one is not in the group default (known bug deleted-job-leaves-labels).',
    pattern: /failed to cleanup recurring job label \S+ in Volumes and PVCs/,
    example:
      'Failed to sync Longhorn recurring job: failed to sync recurring job longhorn-system/j1: failed to cleanup recurring job label j1 in Volumes and PVCs: Operation cannot be fulfilled on volumes.longhorn.io "v1": the object has been modified; please apply your changes to the latest version and try again',
    seen: 'controller/recurring_job_controller.go, source of v1.8.0 to v1.12.1; met on v1.12.1',
  },
} as const satisfies Record<string, WrittenRow>;
