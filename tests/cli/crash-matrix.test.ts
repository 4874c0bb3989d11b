import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { runCrashMatrixCommand } from '../../e2e/cli/crash-matrix.ts';
import { runInProcess } from '../support/run-in-process.ts';

const folder = `${tmpdir()}/corral-crash-matrix-${process.pid}`;

const nobody = { providers: {}, config: 'none' };

test.each([
  [['--operation', 'nothing'], '--operation nothing: there is none of that name'],
  [['--cell', 'create a backup | x'], '--cell create a backup | x: give a cell by its whole name'],
  [['--cell', 'create a backup | x | explode'], 'OPERATION | WRITE | DISTURBANCE'],
  [
    ['--cell', 'create a backup | x', '--cell', 'create a backup | x | late'],
    '--cell create a backup | x: give',
  ],
  [['--for', 'long'], '--for long: not a duration'],
  [['--resume'], 'has no crash matrix to continue: leave --resume out'],
])('%j is refused by one line', async (argv, line) => {
  const { exitCode, stderr } = await runInProcess(() =>
    runCrashMatrixCommand([...argv, '--out', folder], nobody),
  );
  expect(stderr).toContain(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});
