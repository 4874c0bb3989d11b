import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import { playMatrix } from '../support/store-matrix.ts';
import { casts } from './plays.ts';
import { runAll } from './run-plays.ts';

const how = {
  clock: clocks.real,
  patience: { longest: 240_000, owner: 'twice the longest back-off of a play' },
};

const endings = runAll({ together: how, apart: how });
// The plays wait for five minutes, mostly; meanwhile the processors are free.
const matrix = playMatrix();
matrix.catch(() => undefined);
afterAll(() => Promise.all([endings.over, matrix.catch(() => undefined)]), 60_000);

test.each([...casts.together, ...casts.apart])(
  'the emulator tells the same as a real Longhorn %s',
  async (name) => endings.of(name),
  600_000,
);

test.skip.each(casts.left)('needs root: %s', () => undefined);

const recorded = fileURLToPath(
  new URL('../../../fixtures/recordings/store-matrix-v1.12.1/cells.json', import.meta.url),
);

test('whatever goes wrong below a store, the emulator does as the engine of a real Longhorn', async ({
  skip,
}) => {
  const { cells: real } = JSON.parse(await readFile(recorded, 'utf8'));
  const { exitCode, stderr, cells } = await matrix;
  if (exitCode === 3) skip(stderr);
  expect(
    Object.fromEntries(Object.entries(cells).map(([name, { signs }]) => [name, signs.toSorted()])),
  ).toEqual(real);
  expect(exitCode).toBe(0);
}, 1_200_000);
