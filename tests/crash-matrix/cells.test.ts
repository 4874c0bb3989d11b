import { expect, test } from 'vitest';
import { cellsOf, commonWrites, crashCellName, type Learned } from '../../e2e/crash-matrix/cells.ts';
import { composeMatrix, type JudgedCrashCell } from '../../e2e/crash-matrix/table.ts';
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

const cell = (write: string, verdict: JudgedCrashCell['verdict']): JudgedCrashCell => ({
  operation: 'delete a backup',
  write,
  disturbance: 'crash after',
  verdict,
  reason: verdict === 'red' ? 'it stays Deleting\nits whole history' : null,
  seconds: 20,
});

test('a table has a row for each write, and each red cell is reported with its whole name', () => {
  expect(
    composeMatrix([cell('delete x', 'red'), cell('update y', 'green')]).join('\n'),
  ).toMatchInlineSnapshot(`
    "
    | delete a backup | crash before | crash after | answer lost | conflict | stale | late |
    | --------------- | ------------ | ----------- | ----------- | -------- | ----- | ---- |
    | delete x        |              | red         |             |          |       |      |
    | update y        |              | green       |             |          |       |      |

    red: delete a backup | delete x | crash after: it stays Deleting

    2 cells: 1 green, 0 of known bugs, 1 red, 0 not reached, 0 not run"
  `);
});
