import { expect, test } from 'vitest';
import type { Lane } from '../../../../../e2e/report/html/data.ts';
import { longWaits, shortenedAxis } from '../../../../../e2e/report/html/page/chart/queue.ts';

const empty = { name: '', symbols: [], expectations: [], gaps: [], events: [] };
const lane = (kind: string, ...bars: [from: number, to: number, state: string][]): Lane => ({
  ...empty,
  kind,
  bars: bars.map(([from, to, state]) => ({ from, to, state, tone: 'waiting', texts: [] })),
});

test('only a wait in line that is long beside all else is drawn shorter', () => {
  const lanes = [
    lane('lock', [10, 510, 'waiting'], [510, 600, 'held'], [600, 605, 'waiting']),
    lane('backups', [0, 400, 'waiting']),
  ];
  expect(longWaits(lanes, 705)).toEqual([{ from: 10, to: 510 }]);
  expect(longWaits([lane('lock', [0, 10, 'waiting'])], 150)).toEqual([]);
});

test('a wait takes a twentieth of the time beside it, which is drawn as ever, and is always drawn', () => {
  const axis = shortenedAxis(700, [{ from: 10, to: 510 }]);
  expect([0, 10, 260, 510, 700].map(axis)).toEqual([0, 10, 15, 20, 210]);
  expect(axis.invert(15)).toBe(260);
  expect(shortenedAxis(100, []).range()).toEqual([0, 100]);
  const whole = shortenedAxis(100, [{ from: 0, to: 100 }]);
  expect(whole(100)).toBeGreaterThan(0);
  expect(whole.domain()).toEqual([0, 100]);
});
