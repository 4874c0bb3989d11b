import { expect, onTestFinished, test } from 'vitest';
import { openAccount } from '../../../e2e/kube/account.ts';
import { startBroker } from '../../../e2e/suite/exclusive/broker.ts';
import { joinLocks } from '../../../e2e/suite/exclusive/join.ts';
import { createTurn } from '../../../e2e/suite/play/turn.ts';

const forever = new AbortController().signal;
const usesAll = { shared: ['longhorn-managers'], exclusive: [] };

/** A scenario at work, and the turns of others beside it; what happens to each is told in its order. */
const open = async () => {
  const { address, stop } = await startBroker();
  onTestFinished(stop);
  const told: string[] = [];
  const interruption = new AbortController();
  const begin = async (name: string) => {
    const holder = await joinLocks(address);
    onTestFinished(holder.leave);
    await holder.hold(usesAll, forever);
    const account = openAccount();
    onTestFinished(account.close);
    const turn = createTurn(holder, {
      declared: ['longhorn-managers'],
      account,
      paused: (work) => work(),
      signal: forever,
      interrupted: interruption.signal,
      tell: () => {},
    });
    const tell = (what: string) => (): void => void told.push(`${name} ${what}`);
    return {
      exclusive: () => turn.exclusive('longhorn-managers').then(tell('is alone')),
      rest: turn.rest,
      cleanup: (how: { isUrgent: boolean }) => turn.cleanup(how).then(tell('cleans up')),
      leave: holder.leave,
      inLine: () => account.spent().locks,
    };
  };
  /** All that was asked before this is in the line, or granted. */
  const settle = async (): Promise<void> => {
    const other = await joinLocks(address);
    await other.hold({ shared: [], exclusive: ['a name of its own'] }, forever);
    other.leave();
  };
  return { begin, settle, told, interruption };
};

test('the last one that who kills managers waits for cleans up after it, and that is no time of its own', async () => {
  const { begin, settle, told } = await open();
  const [killer, last] = [await begin('killer'), await begin('last')];
  const exclusive = killer.exclusive();
  await settle();
  const cleaned = last.cleanup({ isUrgent: false });
  await exclusive;
  await settle();
  expect(told).toEqual(['killer is alone']);
  await killer.rest();
  await cleaned;
  expect(told).toEqual(['killer is alone', 'last cleans up']);
  expect(last.inLine()).toBeGreaterThan(0);
});

test.each([
  ['who failed cleans up at once, as its faults may be in force', { isUrgent: true }, 1],
  ['who is not the last one cleans up at once', { isUrgent: false }, 2],
])('%s', async (_, how, others) => {
  const { begin, settle, told } = await open();
  const killer = await begin('killer');
  const normals = await Promise.all(
    Array.from({ length: others }, (_unused, index) => begin(`scenario ${index + 1}`)),
  );
  const exclusive = killer.exclusive();
  await settle();
  await normals[0]?.cleanup(how);
  expect(told).toEqual(['scenario 1 cleans up']);
  for (const each of normals) each.leave();
  await exclusive;
});

test('who had it alone keeps it for its own cleanup', async () => {
  const { begin, settle, told } = await open();
  const [killer, next] = [await begin('killer'), await begin('next')];
  const [exclusive, nextExclusive] = [killer.exclusive(), next.exclusive()];
  await exclusive;
  await settle();
  await killer.cleanup({ isUrgent: false });
  await settle();
  expect(told).toEqual(['killer is alone', 'killer cleans up']);
  killer.leave();
  await nextExclusive;
});

test('after an interruption nobody waits for anybody', async () => {
  const { begin, settle, told, interruption } = await open();
  const [killer, last] = [await begin('killer'), await begin('last')];
  const exclusive = killer.exclusive();
  await settle();
  const cleaned = last.cleanup({ isUrgent: false });
  await exclusive;
  interruption.abort(new Error('Ctrl-C'));
  await cleaned;
  expect(told).toEqual(['killer is alone', 'last cleans up']);
});
