import type { Row } from './row.ts';

const said = { speaker: 'job', compared: 'whole' } as const satisfies Partial<Row>;
const denied = 'Bad response statusCode [500]. Status [500 Internal Server Error]. Body: [code=Internal Server Error, detail=, message=';

/** What the pod of a recurring job logs; a line's text is its message, with the error of the line behind it (see readLogLine). */
export const jobMessages = {
  'job-progress': {
    ...said,
    class: 'informational',
    fields: ['log info', 'log debug'],
    means: 'The job goes on.',
    advice: 'Nothing. "Cleaned up backup" only says that the deletion was asked for: whether it succeeds, the Backup tells.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern:
          /Setting \S+ is \S+|Got volumes from label \S+|Found \d+ volumes with recurring job \S+|Running recurring (?:backup|snapshot|filesystem trim) for volume \S+|Complete creating the snapshot \S+|(?:Completed creating|Creating) backup \S+?(?:, current progress \d+)?|Cleaned up (?:backup|snapshot CR) \S+ for \S+|Finished recurring (?:backup|snapshot)/,
        example: 'Cleaned up backup backup-65cc13da782f4489 for vz-r',
        origin: 'product',
        seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
      },
      {
        versions: '>=1.9.0',
        pattern: /(?:Creating|Starting|Created) volume job/,
        example: 'Starting volume job',
        origin: 'product',
        seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
      },
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: /Creating job|job starts running|Created job/,
        example: 'job starts running',
        origin: 'product',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.8.2; a whole run on a real v1.8.2 (2026-11-22)',
      },
      {
        versions: '>=1.8.0',
        pattern: /Bypassed to create job for \S+ volume during restoring from the backup/,
        example: 'Bypassed to create job for v volume during restoring from the backup',
        origin: 'product',
        seen: 'app/recurring_job.go and app/recurringjob/util.go, source of v1.8.0 to v1.12.1; not met',
      },
      {
        versions: '>=1.9.3 <1.10.0 || >=1.10.1',
        pattern: /Volume \S+ not found(?: during [^,]+)?, skipping/,
        example: 'Volume v not found during snapshot creation, skipping',
        origin: 'product',
        seen: 'app/recurringjob/volume.go, source of v1.9.3 and v1.10.1 to v1.12.1; not met',
      },
      {
        versions: '>=1.13.0',
        pattern: /Skipped cleaning up snapshot CR \S+ because an active backup references it/,
        example: 'Skipped cleaning up snapshot CR s because an active backup references it',
        origin: 'product',
        seen: 'app/recurringjob/volume.go, source after v1.12.1 (master); not met',
      },
    ],
  },
  'job-cleanup-before-known': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The first run of a new volume looked for old backups before Longhorn knew the volume in the store; the backup was made.',
    advice: 'Nothing: no fault is needed for it, and from the second run on it does not come.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /Created backup successfully but errored on cleanup for \S+: Action \[backupList\] not available on [\s\S]+/,
        example:
          'Created backup successfully but errored on cleanup for vz-r: Action [backupList] not available on [&{ collection map[self:http://10.244.2.9:9500/v1/backupvolumes] map[]}]',
        origin: 'product',
        seen: 'recordings of v1.12.1 (recurring-job, and the jobs of recurring-job-faulty-cleanup)',
      },
    ],
  },
  'job-backup-cleanup-refused': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The job made its backup, but was refused the deletion of an old one.',
    advice: 'Remove what denies it; the next run cleans up.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /Created backup successfully but errored on cleanup for \S+: cleaned up backup \S+ failed for \S+: [\s\S]+/,
        example: `Created backup successfully but errored on cleanup for rb: cleaned up backup backup-7a failed for rb: ${denied}failed to delete backup 'backup-7a' of volume 'rb-51b799fc': backups.longhorn.io "backup-7a" is forbidden] from [http://10.244.2.10:9500/v1/backupvolumes/rb-51b799fc?action=backupDelete]`,
        origin: 'product',
        seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup)',
      },
    ],
  },
  'job-snapshot-cleanup-refused': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The job made its backup, but was refused the deletion of an old snapshot: from the next run on it will make none at all.',
    advice: 'Remove what denies it, at once: a run cleans up before it makes anything, and stops when that fails.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /Created backup successfully but errored on cleanup for \S+: Bad response [\s\S]*failed to delete snapshot CR: [\s\S]+/,
        example: `Created backup successfully but errored on cleanup for rc: ${denied}failed to delete snapshot CR: snapshots.longhorn.io "rj-c" is forbidden] from [http://longhorn-backend:9500/v1/volumes/rc?action=snapshotCRDelete]`,
        origin: 'product',
        seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup)',
      },
      {
        versions: '<1.2.0',
        pattern: /created snapshot successfully but errored on cleanup for \S+: error deleting snapshot [\s\S]+/,
        example:
          "created snapshot successfully but errored on cleanup for test: error deleting snapshot 'c-c3athc-fd3adb1e': Failed to execute: /var/lib/longhorn/engine-binaries/x/longhorn",
        origin: 'document',
        seen: 'manual test "BestEffort Recurring Job Cleanup"; in the source of v1.0.1 to v1.1.x only',
      },
    ],
  },
} as const satisfies Record<string, Row>;
