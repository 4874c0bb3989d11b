import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Event } from '../../../../e2e/longhorn/job-types.ts';
import { problemsOfEvents, waitUntilJobEvents } from '../../../../e2e/suite/steps/job/runs.ts';

const event = (reason: string, message: string, type = 'Normal', kind = 'CronJob'): Event => ({
  metadata: { name: `${reason}-${message.length}` },
  involvedObject: { kind, name: 'rj' },
  ...{ reason, message, type },
});
const added = (object: Event) => ({ kind: 'added' as const, at: 0, object });
const timeline = (...events: Event[]) => replayTimeline('events', events.map(added));
const problems = (...events: Event[]) => problemsOfEvents(timeline(...events), 'v1.12.1');
const run = { label: 'run 1', job: 'rj-29919822', scheduled: true, makes: true, from: 0 };
const endOf = (...events: Event[]) =>
  waitUntilJobEvents({ watched: { events: timeline(...events) } } as never, {
    ...{ run, limit: { within: '20ms', owner: 'the test' } },
  });

const created = event('SuccessfulCreate', 'Created job rj-29919822');
const saw = (job: string, end: string) => event('SawCompletedJob', `Saw completed job: ${job}, ${end}`);

// As Kubernetes v1.36.3 said it in the lab, and as the document has it.
test.for(['condition: Complete', 'status: Complete'])('a run is reported: %s', async (end) => {
  const ended = saw('rj-29919822', end);
  expect(await endOf(created, ended)).toBe(`Saw completed job: rj-29919822, ${end}`);
  expect(problems(created, ended)).toEqual([]);
});

test('a run that is not reported, or not as Complete, is an error', async () => {
  const [other, failed] = [
    saw('rj-29919820', 'condition: Complete'),
    saw('rj-29919822', 'condition: Failed'),
  ];
  for (const [events, message] of [
    [[created, other], 'not seen that an event SawCompletedJob names Job rj-29919822'],
    [[other], 'not seen that an event SuccessfulCreate names Job rj-29919822'],
    [[created, failed], 'the event about the end of run 1 says: Saw completed'],
  ] as const)
    await expect(endOf(...events)).rejects.toThrow(message);
});

test('a Job that a step made, and a cleanup that was refused, are in order; a failure, and what nobody knows, are not', () => {
  const unexpected = 'Saw a job that the controller did not create or forgot: rj-1';
  const refused = 'failed to clean up old snapshots of volume rc: Bad response statusCode [500]';
  const inOrder = [
    event('UnexpectedJob', unexpected, 'Warning'),
    event('FailedDeleting', refused, 'Warning', 'RecurringJob'),
  ];
  const unknown = event('Odd', 'Something else', 'Warning');
  expect(problems(...inOrder, saw('rj-1', 'condition: Failed'), unknown, unknown)).toEqual([
    'cron-job-failed (failure) was not expected: CronJob, SawCompletedJob: "Saw completed job: rj-1, condition: Failed"',
    'unknown event (unclassified): CronJob, Odd: "Something else"',
  ]);
});
