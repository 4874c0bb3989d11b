import type { Row } from './row.ts';

const said = { speaker: 'job', compared: 'whole', class: 'failure' } as const satisfies Partial<Row>;

// How the error of a volume begins, as the last line of a v1.8's pod has it: from the HTTP client to longhorn-backend, or from the job itself.
const ofVolume =
  /Bad response |(?:Get|Post|Put|Delete) "?http:|could not (?:get volume|create longhorn-manager api client)|cannot run job for volume |volume \S+ is in an invalid state|failed recurring snapshot|failed to complete |timed out waiting for snapshot purge/
    .source;

/** What the pod of a recurring job says last when it has not done what it is for. */
export const jobEnds = {
  'job-stopped': {
    ...said,
    fields: ['log error'],
    means: 'The job ended without having made what it is for, and its Kubernetes Job may still be Complete.',
    advice: "Look at the error behind it; look at the backups' age, not at the Jobs, to know whether a volume is protected.",
    wordings: [
      {
        versions: '>=1.9.0',
        pattern: /Failed to run volume job: [\s\S]+/,
        example:
          'Failed to run volume job: Bad response statusCode [500]. Body: [message=failed to delete snapshot CR: snapshots.longhorn.io "rj-c" is forbidden]',
        origin: 'product',
        seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup)',
      },
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: /Failed to run job for volume: [\s\S]+/,
        example: 'Failed to run job for volume: timeout waiting for the backup of the snapshot s of volume v to start',
        origin: 'product',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.8.2; a whole run on a real v1.8.2 (2026-11-22)',
      },
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: /Failed to create new job for volume: [\s\S]+/,
        example: 'Failed to create new job for volume: could not create longhorn-manager api client',
        origin: 'product',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.8.2; not met',
      },
      {
        versions: '>=1.9.0',
        pattern: /Failed to initialize job for volume \S+: [\s\S]+/,
        example: 'Failed to initialize job for volume v: failed to get JSON encoding for labels',
        origin: 'product',
        seen: 'app/recurringjob/volume.go, source of v1.9.0 to v1.12.1; not met',
      },
    ],
  },
  'job-not-read': {
    ...said,
    fields: ['log error'],
    means: 'The pod of the job could not read the RecurringJob and ended at once, with exit code 0: its Kubernetes Job is Complete.',
    advice: 'See whether the RecurringJob is still there and the API server is reached from the pod.',
    wordings: [
      {
        versions: '>=1.8.0 <1.12.2',
        pattern: /Failed to get recurring job \S+\.: [\s\S]+/,
        example: 'Failed to get recurring job rj.: recurringjobs.longhorn.io "rj" not found',
        origin: 'product',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.12.1; not met',
      },
    ],
  },
  'job-fails': {
    ...said,
    fields: ['log fatal'],
    means:
      'The job failed for a volume, so its process ends with exit code 1: it is started again, and in the end its Kubernetes Job is Failed.',
    advice: 'Look at the error behind it, which the line before has with the volume; from v1.9.0 on the Job would be Complete.',
    wordings: [
      {
        versions: '>=1.8.0 <1.9.0',
        pattern: new RegExp(`Failed to do a recurring job: (?:${ofVolume})[\\s\\S]*`),
        example: 'Failed to do a recurring job: Bad response statusCode [500]. Status [500 Internal Server Error]. Body: [message=denied]',
        origin: 'product',
        seen: 'a whole run on a real v1.8.2 (2026-11-22); app/recurring_job.go, source of v1.8.0 to v1.8.2',
      },
    ],
  },
  'job-broken': {
    ...said,
    fields: ['log fatal'],
    means: 'The job could not even begin.',
    advice: 'Look at the error behind it: mostly the API server or longhorn-backend is not reached from the pod.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: new RegExp(`Failed to do a recurring job: (?!${ofVolume})[\\s\\S]+`),
        example: 'Failed to do a recurring job: Unauthorized',
        origin: 'product',
        seen: 'app/recurring_job.go, source of v1.8.0 to v1.12.1 (v1.8.x makes that client for each volume: see job-fails); not met',
      },
    ],
  },
} as const satisfies Record<string, Row>;
