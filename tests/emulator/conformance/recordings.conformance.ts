import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import { runMatrix } from '../support/store-matrix.ts';
import { type Endings, runAll, runScripts } from './run-scripts.ts';
import { groups } from './scripts.ts';

// On Longhorn's clocks the scripts take five minutes, mostly for waits. Meanwhile the sets on fast clocks run one after
// the other.
const real = {
  by: 'r',
  clock: clocks.real,
  patience: { longest: 240_000, owner: 'twice the longest back-off of a script' },
};
const onRealClocks = runAll({ together: real, apart: real });

const matrix = runMatrix();

const patience = {
  longest: 180_000,
  owner: 'four times the longest back-off and a resync: a machine may be slow',
};
// Between the start of a deletion and its retry, a second backup must be seen waiting, the deletion must fail, and a
// resync and an upload must follow: 22 s on a busy machine. No retry needs more time.
const together = {
  by: 'p',
  clock: { ...clocks.fast, resync: 2_000, deletionBackoffMin: 40_000, deletionBackoffMax: 40_000 },
  patience,
};
// Between the failure of a deletion and the next resync, the actions of the recording need time: on a busy machine, a
// manager and the process of the deletion take 4 s to start and to fail.
const apart = { by: 'p', clock: { ...clocks.fast, resync: 8_000, deletionBackoffMin: 16_000 }, patience };

const later = matrix
  .catch(() => undefined)
  .then(() => ({
    onFastClocks: runAll({ together, apart }),
    withBug: runScripts(['v1.12.1/normal'], { ...apart, by: 'm', mutant: 'message-missing' }),
  }));

afterAll(async () => {
  const { onFastClocks, withBug } = await later;
  await Promise.all([onRealClocks.over, onFastClocks.over, withBug.over]);
}, 120_000);

// Each test waits for the sets before it.
vi.setConfig({ testTimeout: 1_200_000 });

test('whatever goes wrong below a store, the emulator does as the engine of a real Longhorn', async ({
  skip,
}) => {
  const recorded = new URL('../../../fixtures/recordings/store-matrix-v1.12.1/cells.json', import.meta.url);
  const { cells: real } = JSON.parse(await readFile(recorded, 'utf8'));
  const { exitCode, cannot, cells } = await matrix;
  if (cannot !== undefined) skip(cannot);
  const signsOf = Object.entries(cells).map(([name, { signs }]) => [name, signs.toSorted()]);
  expect(Object.fromEntries(signsOf)).toEqual(real);
  expect(exitCode).toBe(0);
});

describe.each([
  ['fast clocks', async () => (await later).onFastClocks],
  ["Longhorn's clocks", async () => onRealClocks],
] as [string, () => Promise<Endings>][])('on %s', (_, endings) => {
  test.each([...groups.together, ...groups.apart])(
    'the emulator shows the same as a real Longhorn %s',
    async (name) => (await endings()).of(name),
  );

  test.skip.each(groups.left)('needs root: %s', () => undefined);
});

test('with a bug it shows something else', async () => {
  const difference = /messages\.info recorded: Wait for backup zn-b1 to be deleted\n +emulator: \(none\)/;
  await expect((await later).withBug.of('v1.12.1/normal')).rejects.toThrow(difference);
});
