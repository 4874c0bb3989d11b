import { expect, test } from 'vitest';
import { cellsOf, commonWrites, crashCellName, type Learned } from '../../e2e/crash-matrix/cells.ts';

const learned: Learned[] = [
  { operation: 'create', writes: ['a', 'a (2)', 'b', 'by chance'] },
  { operation: 'create', writes: ['b', 'a', 'a (2)'] },
  { operation: 'other', writes: ['c'] },
];

test('only writes that every run has are disturbed, and the others are named', () => {
  expect(commonWrites(learned, 'create')).toEqual({ always: ['a', 'a (2)', 'b'], sometimes: ['by chance'] });
});

test('each write is disturbed in each way, and first of its kind come before those that repeat it', () => {
  const cells = cellsOf(learned, ['create']);
  expect(cells).toHaveLength(18);
  expect(cells.map(({ write }) => write).filter((write, index, all) => write !== all[index - 1])).toEqual([
    'a',
    'b',
    'a (2)',
  ]);
  expect(cells.map(crashCellName)).toContain('create | a | crash before');
});
