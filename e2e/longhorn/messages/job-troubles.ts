import type { Row } from './row.ts';

const said = { speaker: 'job', compared: 'whole' } as const satisfies Partial<Row>;

/** Rarer lines of a recurring job's pod, and its events. */
export const jobTroubles = {
  'job-tries-next-time': {
    ...said,
    class: 'transient',
    fields: ['log warning'],
    means: 'The job failed for one volume; the others went on, and the Kubernetes Job ends Complete.',
    advice: 'See that the next run succeeds; a second one in a row is a failure.',
    wordings: [
      {
        versions: '>=1.12.2',
        pattern: /Failed to run recurring job for volume; will retry on the next run: [\s\S]+/,
        example: 'Failed to run recurring job for volume; will retry on the next run: volume v is in an invalid state for recurring job',
        origin: 'product',
        seen: 'app/recurringjob/volume.go, source after v1.12.1; longhorn/longhorn#13623; not met',
      },
    ],
  },
  'job-skips-volume': {
    ...said,
    class: 'warning',
    fields: ['log warning'],
    means: 'The volume is in a state in which the job leaves it alone.',
    advice: 'Attach the volume, or allow jobs on detached ones (setting allow-recurring-job-while-volume-detached).',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /Cannot create job for \S+ volume in state \S+/,
        example: 'Cannot create job for v volume in state detached',
        origin: 'product',
        seen: 'app/recurring_job.go and app/recurringjob/util.go, source of v1.8.0 to v1.12.1; not met',
      },
    ],
  },
  'job-broken': {
    ...said,
    class: 'failure',
    fields: ['log fatal'],
    means: 'The job could not even begin.',
    advice: 'Look at the error behind it: mostly the API server or longhorn-backend is not reached from the pod.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /Failed to do a recurring job: [\s\S]+/,
        example: 'Failed to do a recurring job: failed to initialize job: could not create longhorn-manager api client',
        origin: 'product',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.12.1; not met',
      },
    ],
  },
  'job-event-cleanup-failed': {
    class: 'warning',
    speaker: 'RecurringJob',
    fields: ['event Warning'],
    states: ['FailedDeleting'],
    compared: 'whole',
    means: 'Old snapshots of a volume could not be removed by the job.',
    advice: "Look at the job's log.",
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /failed to clean up old snapshots of volume \S+: [\s\S]+/,
        example: 'failed to clean up old snapshots of volume rc: Bad response statusCode [500]',
        origin: 'product',
        seen: 'app/recurringjob/volume.go, source of v1.8.0 to v1.12.1',
      },
    ],
  },
} as const satisfies Record<string, Row>;
