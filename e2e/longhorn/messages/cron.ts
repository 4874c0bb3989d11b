import type { MessageRow, WrittenRow } from './row.ts';

const cron = { speaker: 'CronJob', compared: 'whole' } as const satisfies Partial<MessageRow>;

/** The events of Kubernetes about the CronJob of a recurring job. */
export const cronMessages = {
  'cron-job-runs': {
    ...cron,
    class: 'informational',
    fields: ['event Normal'],
    states: ['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete'],
    means: 'Kubernetes started a run, saw it complete, or removed an old one.',
    advice: 'Nothing.',
    versions: '*',
    // See completed-job-wording in the differences.
    pattern: /Created job \S+|Saw completed job: \S+, (?:status|condition): Complete|Deleted job \S+/,
    example: 'Saw completed job: test-c-yxam34-c-1591652160, status: Complete',
    seen: 'Kubernetes\' cronjob-controller; manual test "BestEffort Recurring Job Cleanup"',
  },
  'cron-job-by-hand': {
    ...cron,
    class: 'informational',
    fields: ['event Warning'],
    states: ['UnexpectedJob'],
    means:
      'Somebody started a run from the template, and not Kubernetes by its time; or the cron was changed just as Kubernetes started one.',
    advice:
      'Nothing, if one of them was meant; Kubernetes removes such a Job like its own, but does not tell of its end.',
    versions: '*',
    pattern: /Saw a job that the controller did not create or forgot: \S+/,
    example: 'Saw a job that the controller did not create or forgot: rj-by-hand',
    seen: "Kubernetes' cronjob-controller, source of v1.36.3",
  },
  'cron-job-gone': {
    ...cron,
    class: 'informational',
    fields: ['event Warning'],
    states: ['FailedDelete'],
    means: 'Kubernetes wanted to remove an old run, by a listing that was late, and it was gone already.',
    advice: 'Nothing.',
    versions: '*',
    pattern: /Deleted job: jobs\.batch "[^"]+" not found/,
    example: 'Deleted job: jobs.batch "rj-29919386" not found',
    seen: "Kubernetes' cronjob-controller v1.36.3, on the emulator's recurring jobs",
  },
  'cron-job-failed': {
    ...cron,
    class: 'failure',
    fields: ['event Normal', 'event Warning'],
    means: 'A run failed, or could not be started.',
    advice: "Look at the Job's pods.",
    versions: '*',
    pattern: /Saw completed job: \S+, (?:status|condition): Failed|Error creating job: [\s\S]+/,
    example: 'Saw completed job: rj-29919386, condition: Failed',
    seen: "Kubernetes' cronjob-controller, source of v1.36.3",
  },
  'cron-job-skipped': {
    ...cron,
    class: 'warning',
    fields: ['event Normal', 'event Warning'],
    means:
      'The time for a run came and none was started: the one before still runs, or the controller was late.',
    advice: 'See whether a pod of the run before hangs (Pending on a node that is gone): if so, delete it.',
    versions: '*',
    pattern:
      /Not starting job because prior execution is running and concurrency policy is Forbid|Missed scheduled time to start a job: .+/,
    example: 'Not starting job because prior execution is running and concurrency policy is Forbid',
    seen: "Kubernetes' cronjob-controller; knowledge base, troubleshooting-recurring-job-pod-stuck-pending-state (longhorn/longhorn#7956)",
  },
  'cron-job-behind': {
    ...cron,
    class: 'warning',
    fields: ['event Warning'],
    states: ['TooManyMissedTimes'],
    means: 'More than a hundred runs were missed. The next one is started all the same.',
    advice: 'See what has kept Kubernetes from starting them.',
    versions: '*',
    pattern: /too many missed start times\. .+/,
    example: 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
    seen: "Kubernetes' cronjob-controller v1.36.3",
  },
  'cron-job-starved': {
    ...cron,
    class: 'failure',
    fields: ['event Warning'],
    means: 'More than a hundred runs were missed, and an old Kubernetes starts none any more.',
    advice: 'Delete the CronJob: Longhorn makes it anew.',
    versions: '*',
    pattern: /Cannot determine if job needs to be started[.:] [Tt]oo many missed start times? .+/,
    example:
      'Cannot determine if job needs to be started. Too many missed start time (> 100). Set or decrease .spec.startingDeadlineSeconds',
    seen: 'knowledge base, troubleshooting-recurring-job-stuck-after-detach-attach (longhorn/longhorn#2513)',
  },
} as const satisfies Record<string, WrittenRow>;
