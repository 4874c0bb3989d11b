import { expect, test } from 'vitest';
import { readLogs, severityOf } from '../../../../e2e/report/html/page/log-lines.ts';

test.each([
  ['time="2026-11-20T03:00:00Z" level=fatal msg="x"', 'E'],
  ['level=warning msg="an error was met"', 'W'],
  ['level=debug msg="x"', 'D'],
  ['W1120 03:00:00.000000       1 reflector.go:1] x', 'W'],
  ['panic: runtime error', 'E'],
  ['{"level":"error","msg":"x"}', 'E'],
  ['Error is the name of a state', 'I'],
])('%s is %s', (line, severity) => {
  expect(severityOf(line)).toBe(severity);
});

test('the lines of all logs are in the order of time, those without a time after the one that they belong to', () => {
  const one = '(cut: 3 kB)\n2026-11-20T03:00:01.500000001Z first\n  a stack\n2026-11-20T03:00:03Z third';
  const two = '2026-11-20T05:00:02+02:00 time="2026-11-20T03:00:02Z" level=warning msg="second"';
  const logs = [one, two].map((text) => ({ name: text, text }));
  const lines = readLogs(logs, '2026-11-20T03:00:00.000Z');
  expect(lines.map(({ at, log, text }) => [at, log, text])).toEqual([
    [1.5, 0, '(cut: 3 kB)'],
    [1.5, 0, 'first'],
    [1.5, 0, '  a stack'],
    [2, 1, 'level=warning msg="second"'],
    [3, 0, 'third'],
  ]);
});
