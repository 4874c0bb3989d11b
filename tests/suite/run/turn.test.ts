import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openTimeAccount } from '../../../e2e/kube/time-account.ts';
import type { SharedResource } from '../../../e2e/longhorn/shared.ts';
import { openLocks } from '../../../e2e/suite/exclusive/locks.ts';
import { createTurn } from '../../../e2e/suite/run/turn.ts';

const forever = new AbortController().signal;
const usesAll = { shared: ['longhorn-managers'], exclusive: [] };

/**
 * One that has asked to kill managers, and scenarios that are at work beside it; what happens to each is noted
 * in its order.
 */
const open = async (...names: string[]) => {
  const locks = await openLocks({});
  const events: string[] = [];
  const interruption = new AbortController();
  const begin = async (name: string) => {
    const holder = locks.join();
    await holder.hold(usesAll, forever);
    const account = openTimeAccount();
    onTestFinished(account.close);
    const turn = createTurn(holder, {
      joinTargets: locks.joinTargets,
      ...{ declared: ['longhorn-managers'], account, signal: forever, interrupted: interruption.signal },
      paused: (work) => work(),
      record: () => {},
      step: (sentence) => {
        events.push(`${name}: ${sentence}`);
        return { done: () => {} };
      },
    });
    const note = (what: string) => (): void => void events.push(`${name} ${what}`);
    return {
      exclusive: (...things: SharedResource[]) =>
        turn.exclusive('longhorn-managers', ...things).then(note('is alone')),
      releaseUntilCleanup: turn.releaseUntilCleanup,
      share: () => turn.share().then(note('shares')),
      cleanup: (isUrgent = false) => turn.cleanup({ isUrgent }).then(note('cleans up')),
      keepTargets: turn.keepTargets,
      changeTarget: () => turn.changingTargets(async () => note('changes a target')()),
      release: turn.release,
      timeInLocks: () => account.spent().locks,
    };
  };
  /** What was asked before this is in the line, or granted, and who waited for it has gone on. */
  const settle = (): Promise<void> => setImmediate();
  const killer = await begin('killer');
  const others = await Promise.all(names.map(begin));
  const exclusive = killer.exclusive();
  await settle();
  return { killer, others, begin, exclusive, settle, events, interruption };
};

test('the last one that who kills managers waits for cleans up after it, and that is no time of its own', async () => {
  const { killer, others, exclusive, settle, events } = await open('last');
  const cleaned = others[0]?.cleanup();
  await exclusive;
  await settle();
  expect(events).toEqual(['killer is alone']);
  await killer.releaseUntilCleanup();
  await cleaned;
  expect(events).toEqual(['killer is alone', 'last cleans up']);
  expect(others[0]?.timeInLocks()).toBeGreaterThan(0);
});

test('who shares again what it had alone waits while others have it alone, and keeps others from having it alone', async () => {
  const { killer, others, exclusive, settle, events } = await open('next', 'third');
  const [next, third] = others;
  const alone = next?.exclusive();
  third?.release();
  await exclusive;
  const shared = killer.share();
  await alone;
  await settle();
  expect(events).toEqual(['killer is alone', 'next is alone']);
  const again = next?.share();
  await shared;
  await again;
  expect(events).toEqual(['killer is alone', 'next is alone', 'killer shares', 'next shares']);
  expect(killer.timeInLocks()).toBeGreaterThan(0);
  for (const each of [killer, next]) each?.release();
});

test('who shares again cleans up after one that it alone keeps from being alone', async () => {
  const { killer, begin, exclusive, settle, events } = await open();
  await exclusive;
  await killer.share();
  const next = await begin('next');
  const alone = next.exclusive();
  const cleaned = killer.cleanup();
  await alone;
  await settle();
  next.release();
  await cleaned;
  killer.release();
  expect(events).toEqual(['killer is alone', 'killer shares', 'next is alone', 'killer cleans up']);
});

test('who has a volume on standby does not wait to share again', async () => {
  const { killer, exclusive } = await open();
  await exclusive;
  await killer.keepTargets();
  await expect(killer.share()).rejects.toThrow('before it puts a volume on standby');
  killer.release();
});

test.each([
  ['who failed cleans up at once, as its faults may be in force', true, ['one']],
  ['who is not the last one cleans up at once', false, ['one', 'other']],
])('%s', async (_, isUrgent, names) => {
  const { others, exclusive, events } = await open(...names);
  await others[0]?.cleanup(isUrgent);
  expect(events).toEqual(['one cleans up']);
  for (const each of others) each.release();
  await exclusive;
});

test('who had it alone keeps it for its own cleanup', async () => {
  const { killer, others, exclusive, settle, events } = await open('next');
  const next = others[0]?.exclusive();
  await exclusive;
  await killer.cleanup();
  await settle();
  expect(events).toEqual(['killer is alone', 'killer cleans up']);
  killer.release();
  await next;
});

test('who asks alone for more than it declares, or twice, has made a mistake', async () => {
  const { killer, others, exclusive } = await open('other');
  await expect(others[0]?.exclusive('nodes')).rejects.toThrow(
    'the scenario does not declare that it needs exclusive use of: nodes',
  );
  others[0]?.release();
  await exclusive;
  await expect(killer.exclusive()).rejects.toThrow('requests exclusive use once');
});

test('after an interruption nobody waits for anybody', async () => {
  const { others, exclusive, events, interruption } = await open('last');
  const cleaned = others[0]?.cleanup();
  await exclusive;
  interruption.abort(new Error('Ctrl-C'));
  await cleaned;
  expect(events).toEqual(['killer is alone', 'last cleans up']);
});

test('nobody changes a backup target while others have volumes on standby; who ends, or changes one itself, has none any more', async () => {
  const { killer, others, exclusive, settle, events } = await open('one', 'two', 'three');
  const [one, two, three] = others;
  await one?.keepTargets();
  await two?.keepTargets();
  const changed = three?.changeTarget();
  await settle();
  one?.release();
  await settle();
  const waits = 'three: Waiting until no other scenario has a volume on standby';
  expect(events).toEqual([waits]);
  await two?.changeTarget();
  await changed;
  expect(events).toEqual([waits, 'three changes a target', 'two changes a target']);
  expect(three?.timeInLocks()).toBeGreaterThan(0);
  for (const each of [two, three]) each?.release();
  await exclusive;
  killer.release();
});

test('who has a volume on standby cleans up before others are alone, and asks for nothing alone', async () => {
  const { others, events } = await open('one');
  const [one] = others;
  await one?.keepTargets();
  await expect(one?.exclusive()).rejects.toThrow('before it puts a volume on standby');
  await one?.cleanup();
  expect(events).toEqual(['one cleans up']);
  one?.release();
});
