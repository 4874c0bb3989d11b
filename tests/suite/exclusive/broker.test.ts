import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startBroker, toPath } from '../../../e2e/suite/exclusive/broker.ts';
import type { ClaimsOptions } from '../../../e2e/suite/exclusive/claims.ts';
import { joinLocks } from '../../../e2e/suite/exclusive/join.ts';

const forever = new AbortController().signal;
const inline = fileURLToPath(new URL('../../support/inline-holder.ts', import.meta.url));

const open = async (options?: ClaimsOptions) => {
  const broker = await startBroker(options);
  onTestFinished(broker.stop);
  const join = async () => {
    const holder = await joinLocks(broker.address);
    onTestFinished(holder.leave);
    return holder;
  };
  return { ...broker, join };
};

/** Whether a promise is settled when a whole round trip later nothing has changed. */
const isSettled = async (promise: Promise<unknown>, { address }: { address: string }): Promise<boolean> => {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  const other = await joinLocks(address);
  await other.hold({ shared: [], exclusive: ['a name of its own'] }, forever);
  other.leave();
  return settled;
};

test('who wants a name alone waits until the others have given it back', async () => {
  const broker = await open();
  const [reader, writer] = [await broker.join(), await broker.join()];
  await reader.hold({ shared: ['a'], exclusive: [] }, forever);
  const written = writer.hold({ shared: [], exclusive: ['a'] }, forever);
  expect(await isSettled(written, broker)).toBe(false);
  reader.leave();
  await written;
});

test('who cleans up last lets who waits go first, unless it is told to wait for nobody', async () => {
  const broker = await open();
  const [one, other, writer] = [await broker.join(), await broker.join(), await broker.join()];
  await one.hold({ shared: ['a'], exclusive: [] }, forever);
  await one.yieldTurn(forever);
  await other.hold({ shared: ['a'], exclusive: [] }, forever);
  const written = writer.hold({ shared: [], exclusive: ['a'] }, forever);
  expect(await isSettled(written, broker)).toBe(false);
  const stop = new AbortController();
  const [cleansUp, interrupted] = [other.yieldTurn(forever), one.yieldTurn(stop.signal)];
  const told = expect(interrupted).rejects.toThrow('Ctrl-C');
  await written;
  expect(await isSettled(cleansUp, broker)).toBe(false);
  stop.abort(new Error('Ctrl-C'));
  await told;
  writer.leave();
  await cleansUp;
});

test('what a killed process held is free again', async () => {
  const broker = await open();
  const child = execa(process.execPath, [inline, broker.address], { reject: false });
  await once(child.stdout, 'data');
  const writer = await broker.join();
  const written = writer.hold({ shared: [], exclusive: ['a'] }, forever);
  expect(await isSettled(written, broker)).toBe(false);
  child.kill('SIGKILL');
  await written;
  await child;
});

test('who stops waiting holds nobody up', async () => {
  const broker = await open();
  const [reader, writer, late] = [await broker.join(), await broker.join(), await broker.join()];
  await reader.hold({ shared: ['a'], exclusive: [] }, forever);
  const stop = new AbortController();
  const written = writer.hold({ shared: [], exclusive: ['a'] }, stop.signal);
  const read = late.hold({ shared: ['a'], exclusive: [] }, forever);
  expect(await isSettled(read, broker)).toBe(false);
  stop.abort(new Error('Ctrl-C'));
  await expect(written).rejects.toThrow('Ctrl-C');
  writer.leave();
  await read;
});

test('who waits learns that the broker is gone', async () => {
  const child = execa(process.execPath, [inline, 'broker'], { reject: false });
  const [told] = await once(child.stdout, 'data');
  const address = JSON.parse(String(told));
  const [reader, writer] = [await joinLocks(address), await joinLocks(address)];
  await reader.hold({ shared: ['a'], exclusive: [] }, forever);
  const written = writer.hold({ shared: [], exclusive: ['a'] }, forever);
  child.kill('SIGKILL');
  await expect(written).rejects.toThrow('the process that keeps the locks of this run has ended');
  await child;
});

test('one that speaks nonsense ends, and the others do not', async () => {
  const broker = await open();
  const odd = connect(toPath(broker.address));
  odd.write('what?\n');
  await once(odd, 'close');
  await (await broker.join()).hold({ shared: [], exclusive: ['a'] }, forever);
});

test('who is there is not held up for ever by who does not come', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const broker = await open({ awaited: 2 });
  let isGranted = false;
  const held = (await broker.join()).hold({ shared: ['a'], exclusive: [] }, forever).then(() => {
    isGranted = true;
  });
  vi.advanceTimersByTime(19_999);
  // Nobody, as it claims nothing; what was sent before it has been answered when it is refused.
  const odd = connect(toPath(broker.address));
  odd.write('what?\n');
  await once(odd, 'close');
  expect(isGranted).toBe(false);
  vi.advanceTimersByTime(1);
  await held;
});
