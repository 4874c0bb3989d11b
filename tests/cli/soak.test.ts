import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSoakCommand } from '../../e2e/cli/soak.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([
  [['--for', 'long'], '--for long: not a duration'],
  [['--seed', 'x'], '--seed x: give a number of up to nine digits'],
  [['--replay', '/nowhere/soak.ndjson'], '--replay /nowhere/soak.ndjson: no run can be read there'],
  [['--replay', '/proc/self/status'], '--replay /proc/self/status: no run can be read there'],
])('%j is refused by one line, and nothing is written', async (argv, line) => {
  const out = join(await temporaryFolder(), 'soak');
  const { exitCode, stderr } = await runInProcess(() =>
    runSoakCommand([...argv, '--out', out], { providers: {}, config: 'none' }),
  );
  expect(stderr).toContain(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});
