import { issue, type WrittenDifference } from './difference.ts';

const bestEffort = 'manual test "BestEffort Recurring Job Cleanup"';

/** The differences in recurring jobs and their cleanup. */
export const recurringJobDifferences = {
  'engine-images-do-not-run': {
    title: "The document's engine images do not run under a Longhorn of today",
    document: `${bestEffort}: add quay.io/ttpcodes/longhorn-engine:no-cleanup and :no-cleanup-backup`,
    product:
      'they speak version 3 of the CLI API; since v1.8 at least 8 is wanted, and they are "incompatible"',
    seen: 'longhorn-manager, source',
    link: issue(1424),
  },
  'volume-engine-deletes-nothing': {
    title: "The engine of a volume has no part in the deletion of its backups or snapshots' files",
    document: `${bestEffort}: run an engine upgrade of the volume to the faulty image`,
    product:
      "a backup is deleted by the default engine image's binary in longhorn-manager, a snapshot by the instance manager: a volume's engine image makes neither fail",
    seen: 'engineapi/backups.go; controller/snapshot_controller.go',
    link: issue(1424),
  },
  'cleanup-warning-wording': {
    title: 'The warning about a failed cleanup is worded differently today',
    document: `${bestEffort}: "created snapshot successfully but errored on cleanup for test: error deleting snapshot"`,
    product:
      '"Created backup successfully but errored on cleanup for VOLUME", the cause in a field of its own; the old words ended with v1.2.0',
    seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup); app/recurringjob/volume.go',
    link: issue(1424),
  },
  'cleanup-fails-unseen': {
    title: 'A job does not learn that the store refused a deletion',
    document: `${bestEffort}: the deletion of old backups fails, and the log of the job's pod says so`,
    product:
      'the job asks for a deletion and logs "Cleaned up backup"; whether it succeeds, only the Backup tells (Deleting, Error)',
    seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup, old configs immutable)',
    link: issue(1424),
  },
  'job-backs-up-unchanged': {
    title: 'A recurring job makes a backup although nothing was written since the last one',
    document:
      'Recurring Snapshots and Backups: Longhorn creates a recurring backup or snapshot only if there is new data',
    product:
      'each run makes one, since v1.2.3: where nothing is written, equal backups push the older, different ones out of those that are kept',
    seen: 'app/recurringjob/volume.go, source of v1.12.1; longhorn/longhorn#3128; recording of v1.12.1 (recurring-job)',
    link: issue(3128),
  },
  'each-nth-run-is-full': {
    title: 'With the full-backup-interval N each Nth run is full, not the one after N incremental ones',
    document:
      'Recurring Snapshots and Backups: full-backup-interval: Longhorn performs a full backup every N incremental backups',
    product:
      'it counts the runs of the job, also those that fail or skip a volume: N - 1 incremental ones, then a full one',
    seen: 'app/recurring_job.go and app/recurringjob/volume.go (executionCount), source of v1.8.2 and v1.12.1',
  },
  'first-run-warns': {
    title: 'The first run of a new volume warns of a failed cleanup without any fault',
    document: `${bestEffort}: the warning comes once the job attempts to delete old backups, because of the faulty engine`,
    product:
      'the first run looks for old backups before Longhorn knows the volume in the store: "Action [backupList] not available"',
    seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
    link: issue(1424),
    bug: 'first-run-warns',
  },
  'snapshot-cleanup-stops-the-job': {
    title: 'A job whose old snapshots cannot be deleted makes no backup any more, and reports success',
    document: `${bestEffort}: the job should nonetheless run successfully, with a snapshot or backup for each invocation`,
    product:
      'it cleans snapshots up before it makes anything, and stops when that fails: from the third run on nothing is made; the Kubernetes Job is Complete',
    versions: '>=1.9.0',
    seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup, deletion of snapshots denied); app/recurringjob/volume.go',
    link: issue(1424),
    bug: 'snapshot-cleanup-stops-the-job',
  },
  'snapshot-cleanup-fails-the-job': {
    title:
      'A job whose old snapshots cannot be deleted makes no backup any more, is started again and again, and fails',
    document: `${bestEffort}: the job should nonetheless run successfully, with a snapshot or backup for each invocation, and be tried once`,
    product:
      'it cleans snapshots up before it makes anything, and stops when that fails: from the third run on nothing is made; its container ends with exit code 1, is started again, and in the end the Kubernetes Job is Failed',
    versions: '>=1.8.0 <1.9.0',
    seen: 'a whole run on a real v1.8.2 (2026-11-22); app/recurring_job.go, source of v1.8.0 to v1.8.2; controller/recurring_job_controller.go (restartPolicy OnFailure, backoffLimit)',
    link: issue(1424),
    bug: 'snapshot-cleanup-fails-the-job',
  },
  'job-hides-failure': {
    title: 'Whether a job that failed for a volume is reported as failed depends on the version',
    document: `${bestEffort}: kubectl describe shows that the Jobs ran successfully`,
    product:
      'the Kubernetes Job is Complete whatever happened to a volume, from v1.9.0 on (up to v1.12.1 by an oversight, then on purpose); v1.8.x returns the error, and the Job fails',
    versions: '>=1.9.0',
    seen: 'app/recurringjob/volume.go; longhorn/longhorn#13587, #13623, #13976',
    link: issue(13587),
  },
  'completed-job-wording': {
    title: "Kubernetes' event about a completed job is worded differently today",
    document: `${bestEffort}: "Saw completed job: NAME, status: Complete"`,
    product: '"Saw completed job: NAME, condition: Complete"',
    versions: '*',
    seen: "Kubernetes' cronjob-controller, source of v1.36.3",
  },
} as const satisfies Record<string, WrittenDifference>;
