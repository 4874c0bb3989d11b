import { expect, test } from 'vitest';
import { cellsOf, commonWrites, crashCellName, type Learned } from '../../e2e/crash-matrix/cells.ts';
import { kills } from '../../e2e/suite/steps/writes/disturbances.ts';

const learned: Learned[] = [
  { operation: 'create', writes: ['a', 'a (2)', 'b', 'by chance'] },
  { operation: 'create', writes: ['b', 'a', 'a (2)'] },
  { operation: 'other', writes: ['c'] },
];

test('only writes that every run has are disturbed, and the others are named', () => {
  expect(commonWrites(learned, 'create')).toEqual({ always: ['a', 'a (2)', 'b'], sometimes: ['by chance'] });
});

test('each write is disturbed in each way: by kills first, and the first of its kind before those that repeat it', () => {
  const cells = cellsOf(learned, ['create']);
  expect(cells).toHaveLength(18);
  const groups = cells.map(({ write, disturbance }) => `${write}${kills(disturbance) ? ' by kills' : ''}`);
  expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([
    ...['a by kills', 'b by kills', 'a', 'b'],
    ...['a (2) by kills', 'a (2)'],
  ]);
  expect(cells.map(crashCellName)).toContain('create | a | crash before');
});
