import type { Row } from './row.ts';

const said = { speaker: 'job', compared: 'whole' } as const satisfies Partial<Row>;
const cron = { speaker: 'CronJob', compared: 'whole' } as const satisfies Partial<Row>;

/** Rarer lines of a recurring job's pod, and the events around it. */
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
  'cron-job-runs': {
    ...cron,
    class: 'informational',
    fields: ['event Normal'],
    states: ['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete'],
    means: 'Kubernetes started a run, saw it complete, or removed an old one.',
    advice: 'Nothing.',
    wordings: [
      {
        versions: '*',
        // See completed-job-wording of the differences.
        pattern: /Created job \S+|Saw completed job: \S+, (?:status|condition): Complete|Deleted job \S+/,
        example: 'Saw completed job: test-c-yxam34-c-1591652160, status: Complete',
        origin: 'product',
        seen: 'Kubernetes\' cronjob-controller; manual test "BestEffort Recurring Job Cleanup"',
      },
    ],
  },
  'cron-job-failed': {
    ...cron,
    class: 'failure',
    fields: ['event Normal', 'event Warning'],
    means: 'A run failed, or could not be started.',
    advice: "Look at the Job's pods.",
    wordings: [
      {
        versions: '*',
        pattern: /Saw completed job: \S+, (?:status|condition): Failed|Error creating job: [\s\S]+/,
        example: 'Saw completed job: rj-29919386, condition: Failed',
        origin: 'product',
        seen: "Kubernetes' cronjob-controller, source of v1.36.3",
      },
    ],
  },
  'cron-job-skipped': {
    ...cron,
    class: 'warning',
    fields: ['event Normal', 'event Warning'],
    means: 'The time for a run came and none was started: the one before still runs, or the controller was late.',
    advice: 'See whether a pod of the run before hangs (Pending on a node that is gone): if so, delete it.',
    wordings: [
      {
        versions: '*',
        pattern:
          /Not starting job because prior execution is running and concurrency policy is Forbid|Missed scheduled time to start a job: .+|Cannot determine if job needs to be started\. Too many missed start times? .+/,
        example: 'Not starting job because prior execution is running and concurrency policy is Forbid',
        origin: 'product',
        seen: "Kubernetes' cronjob-controller; knowledge base, troubleshooting-recurring-job-pod-stuck-pending-state (longhorn/longhorn#7956, #2513)",
      },
    ],
  },
} as const satisfies Record<string, Row>;
