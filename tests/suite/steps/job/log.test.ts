import { describe, expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import {
  type Cleanup,
  cleanedUp,
  lineOf,
  problemsOfLog,
  readJobLog,
  readLogOf,
} from '../../../../e2e/suite/steps/job/log.ts';
import { recordedLogs } from './recordings.ts';

const version = 'v1.12.1';
const judge = (
  log: string,
  cleanup: Cleanup,
  { old = [], due = old }: { old?: string[]; due?: string[] } = {},
): string[] => problemsOfLog(readJobLog(log, version), { cleanup, old, due });

// What the steps ask of the other recorded logs is judged in steps.test.ts.
test('the first run of a new volume may warn without any fault, and need not', async () => {
  const [[warned = ''], [silent = '']] = [
    await recordedLogs('nothing wrong'),
    await recordedLogs('immutable'),
  ];
  for (const log of [warned, silent]) expect(judge(log, 'done, or too early')).toEqual([]);
  expect(lineOf(readJobLog(warned, version))).toMatch(
    /^Created backup successfully but errored on cleanup for vz-r: Action \[backupList\] not available/,
  );
  expect(lineOf(readJobLog(silent, version))).toBeUndefined();
  expect(judge(warned, 'done')).toEqual([
    expect.stringMatching(/^job-cleanup-before-known \(warning\) was not expected: "Created/),
  ]);
});

test('refused the deletion of a snapshot, a run makes one more backup, and then none', async () => {
  const [, second = '', third = ''] = await recordedLogs('snapshots denied');
  expect(judge(second, 'snapshots refused', { old: ['backup-b7d79e1414234e34'] })).toEqual([]);
  expect(judge(third, 'nothing made')).toEqual([]);
  expect(judge(third, 'snapshots refused')).toHaveLength(2);
});

const line = (level: string, message: string, more = '') =>
  `time="2026-11-20T08:26:11Z" level=${level} msg="${message}" func=x${more}\n`;
const cleaned = (name: string) => line('info', `Cleaned up backup ${name} for v`);

describe('what has no place in a log', () => {
  test.for<[string, string, Cleanup, string]>([
    [
      'a warning that a refused run should give',
      line('info', 'Finished recurring backup'),
      'backups refused',
      'nothing says job-backup-cleanup-refused; it said: "Finished recurring backup"',
    ],
    [
      'a failure',
      line('error', 'Failed to run volume job', ' error="no"'),
      'done',
      'job-stopped (failure) was not expected: "Failed to run volume job: no"',
    ],
    [
      'words that nobody knows',
      line('info', 'Hello'),
      'done, or too early',
      'unclassified was not expected: "Hello"',
    ],
    [
      "a line that is none of Longhorn's",
      'panic: no\n',
      'done, or too early',
      'unclassified was not expected: "panic: no"',
    ],
    [
      'the cleanup of a backup that is not old',
      cleaned('b9'),
      'done',
      'backup b9 was cleaned up, and is not an old one',
    ],
  ])('%s', ([, log, cleanup, problem]) => {
    expect(judge(log, cleanup)).toEqual([problem]);
  });

  test('but a late start has: what it retries says nothing of the cleanup', () => {
    const late = line(
      'warning',
      'Failed to create Longhorn manager API client, retrying',
      ' error="dial tcp: i/o timeout"',
    );
    expect(judge(`${late}${cleaned('b1')}`, 'done', { old: ['b1'] })).toEqual([]);
    expect(judge(late, 'nothing made')).toEqual([
      expect.stringMatching(/^nothing says job-stopped or job-fails or job-tries-next-time; /),
    ]);
  });

  test('silence about an old backup, unless it is gone or being deleted already', () => {
    const log = cleaned('b1');
    expect(judge(log, 'done', { old: ['b1', 'b2'] })).toEqual(['nothing says that backup b2 was cleaned up']);
    expect(judge(log, 'done', { old: ['b1', 'b2'], due: ['b1'] })).toEqual([]);
  });
});

describe('whose log it is', () => {
  const pod = (name: string, job: string) => ({
    kind: 'added' as const,
    at: 0,
    object: { metadata: { name, labels: { 'batch.kubernetes.io/job-name': job } } },
  });
  const tick = { label: 'run 1', job: 'j-1', scheduled: false, makes: true, from: 0 };
  const limit = { within: '20ms', owner: 'the test' } as const;
  const read = (logs: [string, Promise<string>][]) => {
    const watched = { pods: replayTimeline('pods', [pod('p1', 'j-1'), pod('p2', 'j-2')]) };
    return readLogOf({ logs: new Map(logs), watched } as unknown as Parameters<typeof readLogOf>[0], {
      tick,
      version,
      limit,
    });
  };

  test("that of the run's own pod", async () => {
    const lines = await read([
      ['p1', Promise.resolve(cleaned('b1'))],
      ['p2', Promise.resolve(cleaned('b2'))],
    ]);
    expect(cleanedUp(lines)).toEqual(['b1']);
  });

  test('one that does not end, was never there or cannot be read is an error', async () => {
    await expect(read([['p1', new Promise(() => {})]])).rejects.toThrow(
      'the log of pod p1 did not end within 20ms (the test)',
    );
    await expect(read([['p2', Promise.resolve('')]])).rejects.toThrow(
      'no pod of run 1 (j-1) was seen running: there is no log',
    );
    await expect(read([['p1', Promise.reject(new Error('404'))]])).rejects.toThrow('404');
  });
});
