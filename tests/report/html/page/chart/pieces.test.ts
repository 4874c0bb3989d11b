import { describe, expect, test } from 'vitest';
import type { Bar, Mark, Tone } from '../../../../../e2e/report/html/data.ts';
import { levelsOf } from '../../../../../e2e/report/html/page/chart/draw-lane.ts';
import { layOutBars, layOutMarks } from '../../../../../e2e/report/html/page/chart/pieces.ts';

const bar = (from: number, to: number, tone: Tone = 'good'): Bar => ({
  from,
  to,
  state: 's',
  tone,
  texts: [],
});
const window = { from: 10, to: 20, width: 1000, toX: (at: number) => (at - 10) * 100 };

describe('bars', () => {
  test('what is out of the window is left out, and what sticks out is cut', () => {
    const pieces = layOutBars([bar(0, 5), bar(5, 12), bar(12, 14), bar(14, 30), bar(30, 40)], window);
    expect(pieces.map(({ x, width }) => [x, width])).toEqual([
      [0, 200],
      [200, 200],
      [400, 600],
    ]);
  });

  test('what is too narrow is one piece with its count, and as bad as the worst in it', () => {
    const narrow = Array.from({ length: 100 }, (_, index) =>
      bar(11 + index / 10_000, 11 + (index + 1) / 10_000, index === 50 ? 'bad' : 'good'),
    );
    const pieces = layOutBars([bar(0, 11), ...narrow, bar(11.01, 19)], window);
    expect(pieces.map(({ count, tone }) => [count, tone])).toEqual([
      [1, 'good'],
      [100, 'bad'],
      [1, 'good'],
    ]);
  });

  test('ten thousand states are never more pieces than there is room for', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      bar(10 + index / 1000, 10 + (index + 1) / 1000),
    );
    const pieces = layOutBars(many, window);
    expect(pieces.length).toBeLessThanOrEqual(500);
    expect(pieces.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  test('a moment is wide enough to be seen', () => {
    expect(layOutBars([bar(15, 15)], window)).toMatchObject([{ x: 500, width: 2 }]);
  });
});

describe('marks', () => {
  const mark = (at: number, shape: Mark['shape'] = 'note'): Mark => ({ at, shape, text: '' });

  test('those that would lie on each other are one, and a bad one is what is shown of them', () => {
    const pieces = layOutMarks(
      [mark(5), mark(11), mark(11.01), mark(11.02, 'bad'), mark(15), mark(25)],
      window,
    );
    expect(pieces.map(({ x, count, mark: { shape } }) => [x, count, shape])).toEqual([
      [100, 3, 'bad'],
      [500, 1, 'note'],
    ]);
  });
});

test('brackets lie on lines of their own, as long as they are few', () => {
  const bracket = (from: number, to: number) => ({
    from,
    to,
    state: 'met' as const,
    label: '',
    steps: [],
    reason: null,
    limit: null,
  });
  expect(levelsOf([bracket(0, 1), bracket(2, 3)])).toEqual([0, 1]);
  const many = Array.from({ length: 8 }, (_, index) => bracket(index, index + 1));
  expect(levelsOf([...many, bracket(7.5, 9)])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
});
