import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { runCrashMatrixCommand } from '../../e2e/cli/crash-matrix.ts';
import { matrixFiles } from '../../e2e/crash-matrix/cells.ts';
import { runInProcess } from '../support/run-in-process.ts';

const folder = `${tmpdir()}/corral-crash-matrix-${process.pid}`;

const nobody = { providers: {}, config: 'none' };

test.each([
  [['--cell', 'create a backup | x'], '--cell create a backup | x: give a cell by its whole name'],
  [['--cell', 'create a backup | x | explode'], 'OPERATION | WRITE | DISTURBANCE'],
  [
    ['--cell', 'create a backup | x', '--cell', 'create a backup | x | late'],
    '--cell create a backup | x: give',
  ],
])('%j is refused by one line', async (argv, line) => {
  const { exitCode, stderr } = await runInProcess(() =>
    runCrashMatrixCommand([...argv, '--out', folder], nobody),
  );
  expect(stderr).toContain(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});

test('a matrix is continued on its own Longhorn, and a cell asked for again must be one of its writes', async () => {
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const cells = [
    {
      operation: 'restore a backup',
      write: 'x',
      disturbance: 'late',
      verdict: 'red',
      reason: null,
      seconds: 1,
    },
  ];
  writeFileSync(matrixFiles(folder).results, JSON.stringify({ longhorn: 'official:v1.12.1', cells }));
  writeFileSync(
    matrixFiles(folder).learned,
    `${JSON.stringify({ operation: 'restore a backup', writes: ['x'] })}\n`,
  );
  const resume = async (...argv: string[]) => {
    const command = ['--resume', ...argv, '--out', folder];
    return (await runInProcess(() => runCrashMatrixCommand(command, nobody))).stderr;
  };
  expect(await resume('--longhorn', 'emulator')).toContain('is of official:v1.12.1: leave --longhorn out');
  expect(await resume('--cell', 'restore a backup | y | late')).toContain('did not have this write');
});
