import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { readLogLine } from '../../../e2e/longhorn/messages/log-line.ts';

test('a line is its message, with its error behind it', () => {
  const line = String.raw`time="2026-11-20T08:26:11.777387471Z" level=warning msg="Created \"it\" all" func=f file="volume.go:542" error="no [a] on \"b\"" job=rj`;
  expect(readLogLine('job', line)).toEqual({
    time: '2026-11-20T08:26:11.777387471Z',
    message: { speaker: 'job', field: 'log warning', state: '', text: 'Created "it" all: no [a] on "b"' },
  });
  for (const other of ['', '# pod rj-29919394-hrnvt', 'ySelector file="util.go:118"', 'panic: oh'])
    expect(readLogLine('job', other)).toBeUndefined();
});

test('a line that was cut off, and what only Go escapes, is read', () => {
  const textOf = (message: string) => readLogLine('job', `time="t" level=error msg=${message}`)?.message.text;
  expect([
    textOf('"no \\"end'),
    textOf('"no end\\'),
    textOf(String.raw`"\x1b[1m \v\\x41 \a" x=y`),
    textOf('"a" error="b'),
  ]).toEqual(['no \\"end', 'no end\\', '\u001b[1m \u000b\\x41 \u0007', 'a: b']);
});

const logs = ['recurring-job', 'recurring-job-faulty-cleanup'];

test.each(logs)('every line of the log of %s is read and known, but where it was cut', (name) => {
  const log = new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.log`, import.meta.url);
  const lines = readFileSync(log, 'utf8').split('\n');
  const unknown = lines.filter((line, index) => {
    // The recorder kept the last 4 kB or so of a pod's log: the first line of some is the end of one.
    if (line === '' || line.startsWith('# pod ') || lines[index - 1]?.startsWith('# pod ')) return false;
    const read = readLogLine('job', line);
    return read === undefined || classify(read.message, 'v1.12.1').class === 'unclassified';
  });
  expect(unknown).toEqual([]);
});
