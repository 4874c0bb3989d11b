import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { readLogLine } from '../../../e2e/longhorn/messages/log-line.ts';

const recorded = (name: string): string[] =>
  readFileSync(
    new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.log`, import.meta.url),
    'utf8',
  ).split('\n');

/** The lines of one job's pods: what it logged, by the name of its class, one list a run. */
const runs = (name: string, job: string): string[][] => {
  const all: string[][] = [];
  let mine = false;
  for (const line of recorded(name)) {
    const pod = /^# pod (\S+)-\d+-\w+$/.exec(line)?.[1];
    if (pod !== undefined) {
      mine = pod === job;
      if (mine) all.push([]);
    } else if (mine) {
      const read = readLogLine('job', line);
      if (read === undefined) continue;
      const found = classify(read.message, 'v1.12.1');
      all.at(-1)?.push(found.class === 'unclassified' ? `unclassified: ${read.message.text}` : found.id);
    }
  }
  return all.map((ids) => ids.filter((id) => id !== 'job-progress'));
};

test('a line is its message, with its error behind it', () => {
  const line = String.raw`time="2026-11-20T08:26:11.777387471Z" level=warning msg="Created \"it\" all" func=f file="volume.go:542" error="no [a] on \"b\"" job=rj`;
  expect(readLogLine('job', line)).toEqual({
    time: '2026-11-20T08:26:11.777387471Z',
    message: { speaker: 'job', field: 'log warning', state: '', text: 'Created "it" all: no [a] on "b"' },
  });
});

test.for(['', '# pod rj-29919394-hrnvt', 'ySelector file="util.go:118"', 'panic: oh'])(
  '"%s" is no line of a log',
  (line) => {
    expect(readLogLine('job', line)).toBeUndefined();
  },
);

test('nothing but where it was cut is left unread of the recorded logs', () => {
  // The recorder kept the last 4 kB or so of a pod's log: the first line of some is the end of one.
  const unread = ['recurring-job', 'recurring-job-faulty-cleanup'].flatMap((name) => {
    const lines = recorded(name);
    return lines.filter(
      (line, index) =>
        line !== '' &&
        !line.startsWith('# pod ') &&
        !readLogLine('job', line) &&
        !lines[index - 1]?.startsWith('# pod '),
    );
  });
  expect(unread).toEqual([]);
});

test('of a job that nothing disturbs, only its first run warns', () => {
  expect(runs('recurring-job', 'rj-e2e')).toEqual([['job-cleanup-before-known'], []]);
});

test.for<[string, string, string[][]]>([
  ['old configs immutable: the job never learns of it', 'rj-a', [[], [], [], [], []]],
  [
    'deletion of its backups denied: a warning at each tick',
    'rj-b',
    [
      ['job-cleanup-before-known'],
      ['job-backup-cleanup-refused'],
      ['job-backup-cleanup-refused'],
      ['job-backup-cleanup-refused'],
      [],
    ],
  ],
  [
    'deletion of its snapshots denied: from the third tick on nothing is made',
    'rj-c',
    [[], ['job-snapshot-cleanup-refused'], ['job-stopped'], ['job-stopped'], ['job-stopped']],
  ],
])('%s', ([, job, expected]) => {
  expect(runs('recurring-job-faulty-cleanup', job)).toEqual(expected);
});
