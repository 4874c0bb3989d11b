import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { type ClaimsOptions, createClaims } from '../../../e2e/suite/exclusive/claims.ts';
import { createHolder } from '../../../e2e/suite/exclusive/holder.ts';

const forever = new AbortController().signal;
const shared = { shared: ['a'], exclusive: [] };
const alone = { shared: [], exclusive: ['a'] };

const open = (options?: ClaimsOptions) => {
  const claims = createClaims(options);
  return { claims, join: () => createHolder(claims) };
};

/** Expects that something waits. */
const waits = async (work: Promise<unknown>): Promise<void> => {
  const settled = vi.fn();
  work.then(settled, settled);
  await setImmediate();
  expect(settled).not.toHaveBeenCalled();
};

test('who wants a name alone waits until the others have given it back; who stops waiting holds nobody up', async () => {
  const { join } = open();
  const [reader, writer, late] = [join(), join(), join()];
  await reader.hold(shared, forever);
  const stop = new AbortController();
  const written = writer.hold(alone, stop.signal);
  const read = late.hold(shared, forever);
  await Promise.all([waits(written), waits(read)]);
  stop.abort(new Error('Ctrl-C'));
  await expect(written).rejects.toThrow('Ctrl-C');
  writer.release();
  await read;
  const again = join().hold(alone, forever);
  late.release();
  await waits(again);
  reader.release();
  await again;
});

test('after an interruption nobody gets into the line', async () => {
  const { claims, join } = open();
  await expect(join().hold(shared, AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C');
  expect(claims.holders()).toEqual([]);
});

test('who is to begin after the last failure that is allowed learns that it does not', async () => {
  const { join } = open({ maxFailures: 1 });
  const first = join();
  expect(await first.hold({ ...shared, expected: 1 }, forever)).toBe(true);
  first.fail();
  expect(await join().hold({ ...shared, expected: 1 }, forever)).toBe(false);
});

test("while work only waits its place is another's, and is taken again when it ends", async () => {
  const { join } = open({ places: 2, begun: 3 });
  const [first, second, third, fourth] = [join(), join(), join(), join()];
  await first.hold(shared, forever);
  await second.hold(shared, forever);
  await expect(
    first.pauseDuring(async () => {
      await third.hold(shared, forever);
      throw new Error('what it waited for did not come');
    }),
  ).rejects.toThrow('did not come');
  second.release();
  const late = fourth.hold(shared, forever);
  await waits(late);
  third.release();
  await late;
});
