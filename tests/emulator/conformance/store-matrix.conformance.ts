import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { playMatrix } from '../support/store-matrix.ts';

const recorded = fileURLToPath(
  new URL('../../../fixtures/recordings/store-matrix-v1.12.1/cells.json', import.meta.url),
);

test('whatever goes wrong below a store, the emulator does as the engine of a real Longhorn', async ({
  skip,
}) => {
  const { cells: real } = JSON.parse(await readFile(recorded, 'utf8'));
  const { exitCode, stderr, cells } = await playMatrix();
  if (exitCode === 3) skip(stderr);
  expect(
    Object.fromEntries(Object.entries(cells).map(([name, { signs }]) => [name, signs.toSorted()])),
  ).toEqual(real);
  expect(exitCode).toBe(0);
}, 1_200_000);
