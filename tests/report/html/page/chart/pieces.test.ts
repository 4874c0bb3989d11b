import { expect, test } from 'vitest';
import type { Bar, Lane, Tone } from '../../../../../e2e/report/html/data.ts';
import { layOutBars } from '../../../../../e2e/report/html/page/chart/pieces.ts';
import { longWaits, shortenedAxis } from '../../../../../e2e/report/html/page/chart/queue.ts';

const bar = (from: number, to: number, tone: Tone = 'good'): Bar => ({
  ...{ from, to, tone, state: 's', texts: [] },
});
const bars = (length: number, begin: number, wide: number) =>
  Array.from({ length }, (_, index) => bar(begin + index * wide, begin + (index + 1) * wide));
const window = { from: 10, to: 20, width: 1000, toX: (at: number) => (at - 10) * 100 };

test('of bars, what is out of the window is left out, what sticks out is cut, and a moment is seen', () => {
  const all = [bar(0, 5), bar(5, 12), bar(12, 14), bar(15, 15), bar(15, 30), bar(30, 40)];
  const pieces = layOutBars(all, window).map(({ x, width }) => `${x} ${width}`);
  expect(pieces).toEqual(['0 200', '200 200', '500 2', '500 500']);
});

test('what is too narrow is one piece with its count, and as bad as the worst in it', () => {
  const narrow = bars(100, 11, 1e-4).toSpliced(50, 1, bar(11.005, 11.0051, 'bad'));
  const pieces = layOutBars([bar(0, 11), ...narrow, bar(11.01, 19)], window);
  expect(pieces.map(({ count, tone }) => `${count} ${tone}`)).toEqual(['1 good', '100 bad', '1 good']);
  const most = layOutBars(bars(10_000, 10, 1e-3), window);
  expect(most.length).toBeLessThanOrEqual(500);
  expect(most.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});

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
