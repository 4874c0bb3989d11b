import type { MessageRow, WrittenRow } from './row.ts';

const said = { speaker: 'job', compared: 'whole' } as const satisfies Partial<MessageRow>;

/** Rarer log messages of a recurring job's pod, and the events of a recurring job. */
export const jobTroubles = {
  'job-tries-next-time': {
    ...said,
    class: 'transient',
    fields: ['log warning'],
    means: 'The job failed for one volume; the others went on, and the Kubernetes Job ends Complete.',
    advice: 'See that the next run succeeds; a second one in a row is a failure.',
    versions: '>=1.12.2',
    pattern: /Failed to run recurring job for volume; will retry on the next run: [\s\S]+/,
    example:
      'Failed to run recurring job for volume; will retry on the next run: volume v is in an invalid state for recurring job',
    seen: 'app/recurringjob/volume.go, source after v1.12.1; longhorn/longhorn#13623; not met',
  },
  'job-skips-volume': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The volume is in a state in which the job leaves it alone.',
    advice:
      'Attach the volume, or allow jobs on detached ones (setting allow-recurring-job-while-volume-detached).',
    pattern: /Cannot create job for \S+ volume in state \S+/,
    example: 'Cannot create job for v volume in state detached',
    seen: 'app/recurring_job.go and app/recurringjob/util.go, source of v1.8.0 to v1.12.1; not met',
  },
  'job-retries-start': {
    ...said,
    class: 'transient',
    fields: ['log warning'],
    means:
      'The pod of the job does not reach the API server or longhorn-backend yet, and tries again for a minute.',
    advice:
      'Nothing, when a line says that volumes were found; otherwise see what keeps a new pod off the network.',
    wordings: [
      {
        versions: '>=1.12.1',
        pattern: /Failed to create Longhorn manager API client, retrying: [\s\S]+/,
        example:
          'Failed to create Longhorn manager API client, retrying: Get "http://longhorn-backend:9500/v1": dial tcp: i/o timeout',
        seen: 'app/recurringjob/job.go, source of v1.12.1; longhorn/longhorn#13567; not met',
      },
      {
        versions: '>=1.12.2',
        pattern: /Failed to get recurring job \S+, retrying: [\s\S]+/,
        example:
          'Failed to get recurring job rj, retrying: Get "https://10.43.0.1:443/apis": dial tcp 10.43.0.1:443: connect: refused',
        seen: 'app/recurring_job.go, source after v1.12.1; not met',
      },
    ],
  },
  'job-purge-incomplete': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The job has removed old snapshots, and their space was not freed on every replica.',
    advice: 'See that a later run purges them; look at the engine of the volume (status.purgeStatus).',
    pattern:
      /Error purging snapshots on replica \S+: [\s\S]+|Encountered one or more errors while purging snapshots/,
    example: 'Encountered one or more errors while purging snapshots',
    seen: 'app/recurring_job.go and app/recurringjob/volume.go, source of v1.8.0 to v1.12.1; not met',
  },
  'job-beside-the-work': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'Something beside the work of the job failed: an event, or the look at a setting.',
    advice: 'Nothing, if the job goes on; otherwise see whether the API server is reached from its pod.',
    wordings: [
      {
        pattern: /failed to create an event log: [\s\S]+|Failed to get the setting \S+: [\s\S]+/,
        example: 'Failed to get the setting auto-cleanup-recurring-job-backup-snapshot: timeout',
        seen: 'app/recurring_job.go and app/recurringjob/volume.go, source of v1.8.0 to v1.12.1; not met',
      },
      {
        versions: '>=1.12.1',
        pattern: /failed to record filesystem-trim warning event: [\s\S]+/,
        example: 'failed to record filesystem-trim warning event: timeout',
        seen: 'app/recurringjob/volume.go, source of v1.12.1; not met',
      },
    ],
  },
  'job-date-not-read': {
    ...said,
    class: 'warning',
    fields: ['log error'],
    means:
      'The date of a backup or snapshot has not the form that the job reads: it is left out of the clean-up.',
    advice: 'Look at the object, and remove it by hand where it is an old one.',
    pattern: /Failed to parse datetime .* for (?:backup|snapshot|snapshot CR) \S+: [\s\S]+/,
    example: 'Failed to parse datetime x for backup b: parsing time "x" as RFC 3339',
    seen: 'app/recurring_job.go and app/recurringjob/volume.go, source of v1.8.0 to v1.12.1; not met',
  },
  'job-without-age': {
    ...said,
    class: 'failure',
    fields: ['log debug'],
    means: 'The job does nothing, as it is to keep things for no time; its Kubernetes Job is Complete.',
    advice: 'Give the RecurringJob an age (spec.retainAge), or the policy that goes by number.',
    versions: '>=1.13.0',
    pattern: /recurring job \S+ will not start due to an retainAge value of \S+ with the policy \S+/,
    example: 'recurring job rj will not start due to an retainAge value of {0s} with the policy age-based',
    seen: 'the development branch of v1.13 (2026-08-21)',
  },
  'job-system-backup-fails': {
    ...said,
    class: 'failure',
    fields: ['log error'],
    means: 'The system backup of the job was not made.',
    advice: 'Look at the error behind it, and at the SystemBackup.',
    versions: '>=1.9.0',
    pattern:
      /Failed to (?:initialize|run) system backup job: [\s\S]+|Failed to wait for system backup to reach state [^:]+: [\s\S]+/,
    example: 'Failed to run system backup job: denied',
    seen: 'app/recurringjob/systembackup.go, source of v1.9.0 to v1.12.1; not met',
  },
  'job-system-backup-cleanup-failed': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'Old system backups of the job could not be listed or removed.',
    advice: 'See that a later run removes them.',
    versions: '>=1.9.0',
    pattern: /Failed to list system backups: [\s\S]+|Failed to delete system backup \S+: [\s\S]+/,
    example: 'Failed to delete system backup sb: denied',
    seen: 'app/recurringjob/systembackup.go, source of v1.9.0 to v1.12.1; not met',
  },
  // The job logs this in another thread. A run of a single volume may end before the line is written.
  'job-says-event': {
    ...said,
    class: 'warning',
    fields: ['log info'],
    means: 'The log repeats the event that old snapshots of a volume could not be removed.',
    advice: 'Read what the run says of that volume.',
    pattern:
      /Event\(v1\.ObjectReference\{[^}]*\}\): type: 'Warning' reason: 'FailedDeleting' failed to clean up old snapshots of volume \S+: [\s\S]+/,
    example: `Event(v1.ObjectReference{Kind:"RecurringJob", Namespace:"longhorn-system", Name:"rj", UID:"319c0359", APIVersion:"longhorn.io/v1beta2", ResourceVersion:"5993", FieldPath:""}): type: 'Warning' reason: 'FailedDeleting' failed to clean up old snapshots of volume rc: Bad response statusCode [500]`,
    seen: 'a real v1.12.1, a job of three volumes (2026-11-26); app/util.go and app/util/util.go, source of v1.8.0 to v1.12.1',
  },
  'job-event-cleanup-failed': {
    class: 'warning',
    speaker: 'RecurringJob',
    fields: ['event Warning'],
    states: ['FailedDeleting'],
    means: 'Old snapshots of a volume could not be removed by the job.',
    advice: "Look at the job's log.",
    pattern: /failed to clean up old snapshots of volume \S+: [\s\S]+/,
    example: 'failed to clean up old snapshots of volume rc: Bad response statusCode [500]',
    seen: 'app/recurringjob/volume.go, source of v1.8.0 to v1.12.1',
  },
} as const satisfies Record<string, WrittenRow>;
