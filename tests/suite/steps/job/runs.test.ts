import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Event } from '../../../../e2e/longhorn/job-types.ts';
import { problemsOfEvents, untilTold } from '../../../../e2e/suite/steps/job/runs.ts';

const event = (reason: string, message: string, { type = 'Normal', kind = 'CronJob' } = {}): Event => ({
  metadata: { name: `${reason}-${message.length}` },
  involvedObject: { kind, name: 'rj' },
  reason,
  message,
  type,
});
const timeline = (...events: Event[]) =>
  replayTimeline(
    'events',
    events.map((object) => ({ kind: 'added' as const, at: 0, object })),
  );
const version = 'v1.12.1';
const limit = { within: '20ms', owner: 'the test' } as const;
const tick = { label: 'run 1', job: 'rj-29919822', scheduled: true, makes: true, from: 0 };
const told = (...events: Event[]) =>
  untilTold({ watched: { events: timeline(...events) } } as unknown as Parameters<typeof untilTold>[0], {
    tick,
    limit,
  });

const created = event('SuccessfulCreate', 'Created job rj-29919822');

// As Kubernetes v1.36.3 said it in the lab, and as the document has it.
test.for([
  'Saw completed job: rj-29919822, condition: Complete',
  'Saw completed job: rj-29919822, status: Complete',
])('a run is told of: %s', async (words) => {
  const saw = event('SawCompletedJob', words);
  expect(await told(created, saw)).toBe(words);
  expect(problemsOfEvents(timeline(created, saw), version)).toEqual([]);
});

test('a run that is not told of, or not as Complete, is an error', async () => {
  const other = event('SawCompletedJob', 'Saw completed job: rj-29919820, condition: Complete');
  await expect(told(created, other)).rejects.toThrow(
    'not seen that an event SawCompletedJob tells of Job rj-29919822',
  );
  await expect(told(other)).rejects.toThrow(
    'not seen that an event SuccessfulCreate tells of Job rj-29919822',
  );
  const failed = event('SawCompletedJob', 'Saw completed job: rj-29919822, condition: Failed');
  await expect(told(created, failed)).rejects.toThrow(
    'the event about the end of run 1 says: Saw completed job: rj-29919822, condition: Failed',
  );
});

test('a Job that a step made, and a cleanup that was refused, are in order', () => {
  const byHand = event('UnexpectedJob', 'Saw a job that the controller did not create or forgot: rj-1', {
    type: 'Warning',
  });
  const refused = event(
    'FailedDeleting',
    'failed to clean up old snapshots of volume rc: Bad response statusCode [500]',
    {
      type: 'Warning',
      kind: 'RecurringJob',
    },
  );
  expect(problemsOfEvents(timeline(byHand, refused), version)).toEqual([]);
});

test('a failure, and what nobody knows, are not', () => {
  const failed = event('SawCompletedJob', 'Saw completed job: rj-1, condition: Failed');
  const unknown = event('Odd', 'Something else', { type: 'Warning' });
  expect(problemsOfEvents(timeline(failed, unknown, unknown), version)).toEqual([
    'cron-job-failed (failure) was not expected: CronJob, SawCompletedJob: "Saw completed job: rj-1, condition: Failed"',
    'nobody knows this event (unclassified): CronJob, Odd: "Something else"',
  ]);
});
