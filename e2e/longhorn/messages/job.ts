import type { MessageRow, WrittenRow } from './row.ts';

const said = { speaker: 'job', compared: 'whole' } as const satisfies Partial<MessageRow>;
// The last message of a job that did not do its work.
const ends = { ...said, class: 'failure' } as const satisfies Partial<MessageRow>;
const denied =
  'Bad response statusCode [500]. Status [500 Internal Server Error]. Body: [code=Internal Server Error, detail=, message=';

// How the error of a volume begins in the last line of a pod of v1.8. The error comes from the HTTP client of
// longhorn-backend or from the job itself.
const ofVolume =
  /Bad response |(?:Get|Post|Put|Delete) "?http:|could not (?:get volume|create longhorn-manager api client)|cannot run job for volume |volume \S+ is in an invalid state|failed recurring snapshot|failed to complete |timed out waiting for snapshot purge/
    .source;

/**
 * Log messages of a recurring job's pod. The text of a line is its message, followed by its error (see readLogLine).
 */
export const jobMessages = {
  'job-progress': {
    ...said,
    class: 'informational',
    fields: ['log info', 'log debug'],
    means: 'The job makes a backup and waits for it, has made it, or asked for the deletion of an old one.',
    advice:
      'Nothing, while its numbers grow. If one stands still, that upload does, and all later runs of the job wait: delete that Backup (before v1.6.3 and v1.7.2 it could hang for ever: longhorn/longhorn#9168). A line "Cleaned up backup" says that a deletion was asked for; whether it succeeds, the Backup tells.',
    pattern:
      /(?:Completed creating|Creating) backup \S+?(?:, current progress \d+)?|Cleaned up backup \S+ for \S+/,
    example: 'Cleaned up backup backup-65cc13da782f4489 for vz-r',
    seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
  },
  'job-steps': {
    ...said,
    class: 'informational',
    fields: ['log info', 'log debug'],
    means: "A recurring job's pod says what it does; that is no fault, and does not say how the job ends.",
    advice: 'Nothing.',
    wordings: [
      {
        pattern:
          /Setting \S+ is \S+|Got volumes from label \S+|Found \d+ volumes with recurring job \S+|Running recurring (?:backup|snapshot|filesystem trim) for volume \S+|Complete creating the snapshot \S+|Cleaned up snapshot CR \S+ for \S+|Finished recurring (?:backup|snapshot)/,
        example: 'Found 2 volumes with recurring job rj',
        seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
      },
      {
        versions: '>=1.9.0',
        pattern: /(?:Creating|Starting|Created) volume job/,
        example: 'Starting volume job',
        seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
      },
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: /Creating job|job starts running|Created job/,
        example: 'job starts running',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.8.2; a whole run on a real v1.8.2 (2026-11-22)',
      },
      {
        pattern: /Bypassed to create job for \S+ volume during restoring from the backup/,
        example: 'Bypassed to create job for v volume during restoring from the backup',
        seen: 'app/recurring_job.go and app/recurringjob/util.go, source of v1.8.0 to v1.12.1; not met',
      },
      {
        versions: '>=1.9.3 <1.10.0 || >=1.10.1',
        pattern: /Volume \S+ not found(?: during [^,]+)?, skipping/,
        example: 'Volume v not found during snapshot creation, skipping',
        seen: 'app/recurringjob/volume.go, source of v1.9.3 and v1.10.1 to v1.12.1; not met',
      },
      {
        pattern: /Purged snapshots|Finished recurring filesystem trim/,
        example: 'Purged snapshots',
        seen: 'app/recurring_job.go and app/recurringjob/volume.go, source of v1.8.0 to v1.12.1; not met',
      },
      {
        versions: '>=1.9.0',
        pattern:
          /Getting SystemBackups by label \S+|(?:Created|Starting|Finished running) system backup job|(?:Cleaning|Finished cleaning) up expired system backups|Deleting system backup \S+|Waiting for system backup to (?:complete|reach state [^,]+, current state is \S*)|System backup reached state .+/,
        example: 'Finished running system backup job',
        seen: 'app/recurringjob/systembackup.go, source of v1.9.0 to v1.12.1; not met',
      },
      {
        versions: '>=1.13.0',
        pattern: /Skipped cleaning up snapshot CR \S+ because an active backup references it/,
        example: 'Skipped cleaning up snapshot CR s because an active backup references it',
        seen: 'app/recurringjob/volume.go, source after v1.12.1 (master); not met',
      },
    ],
  },
  'job-cleanup-before-known': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means:
      'The first run of a new volume looked for old backups before Longhorn knew the volume in the store; the backup was made.',
    advice: 'Nothing: no fault is needed for it, and from the second run on it does not come.',
    pattern:
      /Created backup successfully but errored on cleanup for \S+: Action \[backupList\] not available on [\s\S]+/,
    example:
      'Created backup successfully but errored on cleanup for vz-r: Action [backupList] not available on [&{ collection map[self:http://10.244.2.9:9500/v1/backupvolumes] map[]}]',
    seen: 'recordings of v1.12.1 (recurring-job, and the jobs of recurring-job-faulty-cleanup)',
  },
  'job-backup-cleanup-refused': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The job made its backup, but was refused the deletion of an old one.',
    advice: 'Remove what denies it; the next run cleans up.',
    pattern:
      /Created backup successfully but errored on cleanup for \S+: cleaned up backup \S+ failed for \S+: [\s\S]+/,
    example: `Created backup successfully but errored on cleanup for rb: cleaned up backup backup-7a failed for rb: ${denied}failed to delete backup 'backup-7a' of volume 'rb-51b799fc': backups.longhorn.io "backup-7a" is forbidden] from [http://10.244.2.10:9500/v1/backupvolumes/rb-51b799fc?action=backupDelete]`,
    seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup)',
  },
  'job-snapshot-cleanup-refused': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means:
      'The job made its backup, but was refused the deletion of an old snapshot: from the next run on it will make none at all.',
    advice:
      'Remove what denies it, at once: a run cleans up before it makes anything, and stops when that fails.',
    wordings: [
      {
        pattern:
          /Created backup successfully but errored on cleanup for \S+: Bad response [\s\S]*failed to delete snapshot CR: [\s\S]+/,
        example: `Created backup successfully but errored on cleanup for rc: ${denied}failed to delete snapshot CR: snapshots.longhorn.io "rj-c" is forbidden] from [http://longhorn-backend:9500/v1/volumes/rc?action=snapshotCRDelete]`,
        seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup)',
      },
      {
        versions: '<1.2.0',
        pattern:
          /created snapshot successfully but errored on cleanup for \S+: error deleting snapshot [\s\S]+/,
        example:
          "created snapshot successfully but errored on cleanup for test: error deleting snapshot 'c-c3athc-fd3adb1e': Failed to execute: /var/lib/longhorn/engine-binaries/x/longhorn",
        origin: 'document',
        seen: 'manual test "BestEffort Recurring Job Cleanup"; in the source of v1.0.1 to v1.1.x only',
      },
    ],
  },
  'job-loses-sight': {
    ...ends,
    fields: ['log error'],
    means:
      'The job did not find its backup for a moment, and gave the volume up: the backup may be Completed, old ones were not removed.',
    advice: 'See that a later run removes the old backups: known bug backup-looked-at-anew.',
    versions: '>=1.9.0',
    pattern:
      /Failed to run volume job: (?:failed to complete \S+ for \S+: )?cannot find the status of the backup for snapshot \S+ It might because the engine has restarted/,
    example:
      'Failed to run volume job: failed to complete backupAndCleanup for rv: cannot find the status of the backup for snapshot rj-c-5837659d. It might because the engine has restarted',
    seen: 'a real v1.12.1 (2026-11-26), twice; app/recurringjob/volume.go, source of v1.9.2 to v1.12.1',
  },
  'job-stopped': {
    ...ends,
    fields: ['log error'],
    means: 'The job ended without having made what it is for, and its Kubernetes Job may still be Complete.',
    advice:
      "Look at the error behind it; look at the backups' age, not at the Jobs, to know whether a volume is protected.",
    wordings: [
      {
        versions: '>=1.9.0',
        pattern: /Failed to run volume job: (?![\s\S]*cannot find the status of the backup)[\s\S]+/,
        example:
          'Failed to run volume job: Bad response statusCode [500]. Body: [message=failed to delete snapshot CR: snapshots.longhorn.io "rj-c" is forbidden]',
        seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup)',
      },
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: /Failed to run job for volume: [\s\S]+/,
        example:
          'Failed to run job for volume: timeout waiting for the backup of the snapshot s of volume v to start',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.8.2; a whole run on a real v1.8.2 (2026-11-22)',
      },
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: /Failed to create new job for volume: [\s\S]+/,
        example: 'Failed to create new job for volume: could not create longhorn-manager api client',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.8.2; not met',
      },
      {
        versions: '>=1.9.0',
        pattern: /Failed to initialize job for volume \S+: [\s\S]+/,
        example: 'Failed to initialize job for volume v: failed to get JSON encoding for labels',
        seen: 'app/recurringjob/volume.go, source of v1.9.0 to v1.12.1; not met',
      },
    ],
  },
  'job-not-read': {
    ...ends,
    fields: ['log error'],
    means:
      'The pod of the job could not read the RecurringJob and ended at once, with exit code 0: its Kubernetes Job is Complete.',
    advice: 'See whether the RecurringJob is still there and the API server is reached from the pod.',
    versions: '>=1.8.0 <1.12.2',
    pattern: /Failed to get recurring job \S+\.: [\s\S]+/,
    example: 'Failed to get recurring job rj.: recurringjobs.longhorn.io "rj" not found',
    seen: 'app/recurring_job.go, source of v1.8.0 to v1.12.1; not met',
  },
  'job-fails': {
    ...ends,
    fields: ['log fatal'],
    means:
      'The job failed for a volume, so its process ends with exit code 1: it is started again, and in the end its Kubernetes Job is Failed.',
    advice:
      'Look at the error behind it, which the line before has with the volume; from v1.9.0 on the Job would be Complete.',
    versions: '>=1.8.0 <1.9.0',
    pattern: new RegExp(`Failed to do a recurring job: (?:${ofVolume})[\\s\\S]*`),
    example:
      'Failed to do a recurring job: Bad response statusCode [500]. Status [500 Internal Server Error]. Body: [message=denied]',
    seen: 'a whole run on a real v1.8.2 (2026-11-22); app/recurring_job.go, source of v1.8.0 to v1.8.2',
  },
  'job-broken': {
    ...ends,
    fields: ['log fatal'],
    means: 'The job could not even begin.',
    advice:
      'Look at the error behind it: mostly the API server or longhorn-backend is not reached from the pod.',
    pattern: new RegExp(`Failed to do a recurring job: (?!${ofVolume})[\\s\\S]+`),
    example: 'Failed to do a recurring job: Unauthorized',
    seen: 'app/recurring_job.go, source of v1.8.0 to v1.12.1 (v1.8.x makes that client for each volume: see job-fails); not met',
  },
} as const satisfies Record<string, WrittenRow>;
