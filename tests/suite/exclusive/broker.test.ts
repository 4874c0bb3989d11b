import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startBroker, toPath } from '../../../e2e/suite/exclusive/broker.ts';
import type { ClaimsOptions } from '../../../e2e/suite/exclusive/claims.ts';
import { joinLocks } from '../../../e2e/suite/exclusive/join.ts';

const forever = new AbortController().signal;
const shared = { shared: ['a'], exclusive: [] };
const alone = { shared: [], exclusive: ['a'] };
const inline = fileURLToPath(new URL('../../support/inline-broker.ts', import.meta.url));

const open = async (options?: ClaimsOptions) => {
  const { address, stop } = await startBroker(options);
  onTestFinished(stop);
  const join = async () => {
    const holder = await joinLocks(address);
    onTestFinished(holder.leave);
    return holder;
  };
  /** Expects that something waits: a whole round trip later nothing has changed. */
  const waits = async (work: Promise<unknown>): Promise<void> => {
    const settled = vi.fn();
    work.then(settled, settled);
    const other = await joinLocks(address);
    await other.hold({ shared: [], exclusive: ['a name of its own'], placeless: true }, forever);
    other.leave();
    expect(settled).not.toHaveBeenCalled();
  };
  return { address, join, waits };
};

/** Resolves when what speaks nonsense was cut off, and all that was sent before it was answered. */
const speakNonsense = async (address: string): Promise<void> => {
  const odd = connect(toPath(address));
  odd.write('what?\n');
  await once(odd, 'close');
};

test('who wants a name alone waits until the others have given it back; who stops waiting holds nobody up', async () => {
  const { join, waits } = await open();
  const [reader, writer, late] = [await join(), await join(), await join()];
  await reader.hold(shared, forever);
  const stop = new AbortController();
  const written = writer.hold(alone, stop.signal);
  const read = late.hold(shared, forever);
  await Promise.all([waits(written), waits(read)]);
  stop.abort(new Error('Ctrl-C'));
  await expect(written).rejects.toThrow('Ctrl-C');
  writer.leave();
  await read;
  const again = (await join()).hold(alone, forever);
  late.leave();
  await waits(again);
  reader.leave();
  await again;
});

test("while work only waits its place is another's, and is taken again when it ends", async () => {
  const { join, waits } = await open({ places: 2, begun: 3 });
  const [first, second, third, fourth] = [await join(), await join(), await join(), await join()];
  await first.hold(shared, forever);
  await second.hold(shared, forever);
  await expect(
    first.idle(async () => {
      await third.hold(shared, forever);
      throw new Error('what it waited for did not come');
    }),
  ).rejects.toThrow('did not come');
  second.leave();
  const late = fourth.hold(shared, forever);
  await waits(late);
  third.leave();
  await late;
});

// That what a killed process held is free again is judged in side-by-side.self.test.ts.
test('who waits learns that the broker is gone', async () => {
  const child = execa(process.execPath, [inline], { reject: false });
  const [told] = await once(child.stdout, 'data');
  const address = JSON.parse(String(told));
  await (await joinLocks(address)).hold(shared, forever);
  const written = (await joinLocks(address)).hold(alone, forever);
  child.kill('SIGKILL');
  await expect(written).rejects.toThrow('the process that keeps the locks of this run has ended');
  await child;
});

test('who is there waits for the others as long as they come, and not for who does not, nor one that speaks nonsense', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const { address, join } = await open({ awaited: 3 });
  const granted = vi.fn();
  const first = (await join()).hold(shared, forever).then(granted);
  await speakNonsense(address);
  vi.advanceTimersByTime(19_999);
  const second = (await join()).hold(shared, forever).then(granted);
  await speakNonsense(address);
  vi.advanceTimersByTime(19_999);
  await speakNonsense(address);
  expect(granted).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  await Promise.all([first, second]);
});
