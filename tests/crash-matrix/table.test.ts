import { expect, test } from 'vitest';
import { composeMatrix, type JudgedCrashCell } from '../../e2e/crash-matrix/table.ts';

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
