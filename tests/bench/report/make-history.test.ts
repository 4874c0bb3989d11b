import { expect, test } from 'vitest';
import { makeHistory, makeLog } from '../../../bench/report/make-history.ts';
import { readLogs } from '../../../e2e/report/html/page/log-lines.ts';
import { makeTimeline } from '../../../e2e/report/html/timeline.ts';

test('what is measured is as much as it says: each event a state of its own', () => {
  const history = makeHistory({ events: 1000, objects: 7, seconds: 60 });
  const { events, lanes, sentences, trouble } = makeTimeline({ history, logs: [], trouble: [] }, 0);
  expect([events, sentences.length, trouble]).toEqual([1000, 30, []]);
  const backups = lanes.filter(({ kind }) => kind === 'backups');
  expect(backups).toHaveLength(7);
  expect(backups.reduce((sum, { bars }) => sum + bars.length, 0)).toBe(1000);
});

test('and each line of its log has a time within it', () => {
  const lines = readLogs(
    [{ name: 'x', text: makeLog({ lines: 100, seconds: 60 }) }],
    '2026-11-20T03:00:00.000Z',
  );
  expect(lines.map(({ at }) => at).filter((at) => at >= 0 && at < 60)).toHaveLength(100);
  expect(lines.filter(({ severity }) => severity === 'E')).toHaveLength(2);
});
