import { afterAll, test } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import { casts } from './plays.ts';
import { runAll } from './run-plays.ts';

const how = {
  clock: clocks.real,
  patience: { longest: 240_000, owner: 'twice the longest back-off of a play' },
};

const endings = runAll({ together: how, apart: how });
afterAll(() => endings.over, 60_000);

test.each([...casts.together, ...casts.apart])(
  'the emulator tells the same as a real Longhorn %s',
  async (name) => endings.of(name),
  600_000,
);

test.skip.each(casts.left)('needs root: %s', () => undefined);
