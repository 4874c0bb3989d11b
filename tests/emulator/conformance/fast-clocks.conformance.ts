import { afterAll, expect, test } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import { casts } from './plays.ts';
import { runAll, runPlays } from './run-plays.ts';

const patience = { longest: 40_000, owner: 'twice the longest back-off of a play, and a resync' };
// Between a deletion's Error and its retry there must be room for a resync and an upload, which is as long on
// every clock, and 8 s on a busy machine.
const together = { clock: { ...clocks.fast, resync: 2_000, deletionBackoffMin: 16_000 }, patience };
// And between a deletion's failure and the next resync for what was done in the recording: on a busy machine,
// a manager and the deletion's process take 4 s to start and to fail.
const apart = { clock: { ...clocks.fast, resync: 8_000, deletionBackoffMin: 16_000 }, patience };

const endings = runAll({ together, apart });
const withBug = runPlays(['v1.12.1/normal'], { ...apart, mutant: 'message-missing' });
afterAll(() => Promise.all([endings.over, withBug.over]), 60_000);

test.each([...casts.together, ...casts.apart])(
  'the emulator tells the same as a real Longhorn %s',
  async (name) => endings.of(name),
  120_000,
);

test('with a bug it tells something else', async () => {
  const difference = /messages\.info recorded: Wait for backup zn-b1 to be deleted\n +emulator: \(none\)/;
  await expect(withBug.of('v1.12.1/normal')).rejects.toThrow(difference);
}, 120_000);

test.skip.each(casts.left)('needs root: %s', () => undefined);
