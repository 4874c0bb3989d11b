import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import {
  cleanedUp,
  type JobCleanup,
  jobCleanupLine,
  missedBackupEnd,
  problemsOfLog,
  readJobLog,
  readLogOf,
} from '../../../../e2e/suite/steps/job/log.ts';
import { recordedLogs } from './recordings.ts';

const version = 'v1.12.1';
const judge = (log: string, cleanup: JobCleanup, old: string[] = [], due = old): string[] =>
  problemsOfLog(readJobLog(log, version), { cleanup, old, due });

// What the steps ask of the other recorded logs is judged in steps.test.ts.
test('the first run of a new volume may warn without any fault, and need not', async () => {
  const [warned = ''] = await recordedLogs('nothing wrong');
  const [silent = ''] = await recordedLogs('immutable');
  for (const log of [warned, silent]) expect(judge(log, 'done, or too early')).toEqual([]);
  expect(jobCleanupLine(readJobLog(warned, version))).toMatch(
    /^Created backup successfully but errored on cleanup for vz-r: Action \[backupList\] not available/,
  );
  expect(jobCleanupLine(readJobLog(silent, version))).toBeUndefined();
  const unexpected = expect.stringMatching(/^job-cleanup-before-known \(warning\) was not/);
  expect(judge(warned, 'done')).toEqual([unexpected]);
});

test('refused the deletion of a snapshot, a run makes one more backup, and then none', async () => {
  const [, second = '', third = ''] = await recordedLogs('snapshots denied');
  expect(judge(second, 'snapshots refused', ['backup-b7d79e1414234e34'])).toEqual([]);
  expect(judge(third, 'nothing made')).toEqual([]);
  expect(judge(third, 'snapshots refused')).toHaveLength(2);
});

const line = (level: string, message: string, more = '') =>
  `time="2026-11-20T08:26:11Z" level=${level} msg="${message}" func=x${more}\n`;
const cleaned = (name: string) => line('info', `Cleaned up backup ${name} for v`);
const finished = line('info', 'Finished recurring backup');
const failed = line('error', 'Failed to run volume job', ' error="no"');
// What it retries at its start says nothing of the cleanup.
const retrying = 'Failed to create Longhorn manager API client, retrying';
const late = line('warning', retrying, ' error="i/o timeout"');
// Of a job of several volumes the log repeats the event of one.
const event = line(
  'info',
  "Event(v1.ObjectReference{Kind:\\\"RecurringJob\\\"}): type: 'Warning' reason: 'FailedDeleting' failed to clean up old snapshots of volume v: no",
);
const unsaid = expect.stringMatching(/^nothing says job-backup-cleanup-refused; it /);

test.for<[string, JobCleanup, string[], string[], string[]]>([
  [finished, 'backups refused', [], [], [unsaid]],
  [failed, 'done', [], [], ['job-stopped (failure) was not expected: "Failed to run volume job: no"']],
  ['panic: no\n', 'done, or too early', [], [], ['unclassified was not expected: "panic: no"']],
  [cleaned('b9'), 'done', [], [], ['backup b9 was cleaned up, and is not an old one']],
  [`${late}${cleaned('b1')}`, 'done', ['b1'], ['b1'], []],
  [late, 'nothing made', [], [], [expect.stringMatching(/^nothing says job-stopped or job-fails or /)]],
  [`${failed}${event}`, 'nothing made', [], [], []],
  [event, 'nothing made', [], [], [expect.stringMatching(/^nothing says job-stopped or job-fails or /)]],
  [event, 'done', [], [], [expect.stringMatching(/^job-says-event \(warning\) was not expected/)]],
  // One that is gone, or being deleted already, need not be named.
  [cleaned('b1'), 'done', ['b1', 'b2'], ['b1', 'b2'], ['nothing says that backup b2 was cleaned up']],
  [cleaned('b1'), 'done', ['b1', 'b2'], ['b1'], []],
])(
  'in the log %s with its cleanup %s of %j, due %j, no place has: %j',
  ([log, cleanup, old, due, problems]) => {
    expect(judge(log, cleanup, old, due)).toEqual(problems);
  },
);

test("the log is that of the run's own pod; one that does not end, was never there or cannot be read is an error", async () => {
  const pod = (name: string, job: string) => ({
    ...{ kind: 'added' as const, at: 0 },
    object: { metadata: { name, labels: { 'batch.kubernetes.io/job-name': job } } },
  });
  const watched = { pods: replayTimeline('pods', [pod('p1', 'j-1'), pod('p2', 'j-2')]) };
  const run = { label: 'run 1', job: 'j-1', scheduled: false, makes: true, from: 0 };
  const read = (logs: Record<string, Promise<string>>) =>
    readLogOf({ logs: new Map(Object.entries(logs)), watched } as never, {
      ...{ run, version, limit: { within: '20ms', owner: 'the test' } },
    });
  const [b1, b2] = [Promise.resolve(cleaned('b1')), Promise.resolve(cleaned('b2'))];
  expect(cleanedUp(await read({ p1: b1, p2: b2 }))).toEqual(['b1']);
  await expect(read({ p1: new Promise(() => {}) })).rejects.toThrow(
    'the log of pod p1 did not end within 20ms (the test)',
  );
  await expect(read({ p2: b2 })).rejects.toThrow('no pod of run 1 (j-1) was seen running: there is no log');
  await expect(read({ p1: Promise.reject(new Error('404')) })).rejects.toThrow('404');
});

test('a run that lost sight of its backup is distinguished from one that failed otherwise', () => {
  const lost = line(
    'error',
    'Failed to run volume job',
    ' error="failed to complete backupAndCleanup for v: cannot find the status of the backup for snapshot s. It might because the engine has restarted"',
  );
  expect([lost, failed, finished].map((log) => missedBackupEnd(readJobLog(log, version)))).toEqual([
    true,
    false,
    false,
  ]);
});
