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
        example:
          'Failed to run recurring job for volume; will retry on the next run: volume v is in an invalid state for recurring job',
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
    advice:
      'Attach the volume, or allow jobs on detached ones (setting allow-recurring-job-while-volume-detached).',
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
        origin: 'product',
        seen: 'app/recurringjob/job.go, source of v1.12.1; longhorn/longhorn#13567; not met',
      },
      {
        versions: '>=1.12.2',
        pattern: /Failed to get recurring job \S+, retrying: [\s\S]+/,
        example:
          'Failed to get recurring job rj, retrying: Get "https://10.43.0.1:443/apis": dial tcp 10.43.0.1:443: connect: refused',
        origin: 'product',
        seen: 'app/recurring_job.go, source after v1.12.1; not met',
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
