import { beforeEach, expect, test, vi } from 'vitest';
import { whileObserved } from '../../e2e/history/observer.ts';
import {
  describeRemainingWork,
  type IdleLimits,
  type WorkReader,
  waitUntilIdle,
} from '../../e2e/store/wait-until-idle.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000_000 }));

const folder = 'backupstore/volumes/0c/d3/vol';
const path = `${folder}/locks/lock-1.lck`;
const content = Buffer.from('{"Name":"lock-1","Type":2,"Acquired":true}');
const sleep = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
const now = (): number => Date.now() / 1000;

/** A folder on a server: when its lock was written last, undefined for none, and how many blocks there are. */
const server = (at: { written: number | undefined; blocks: number }) => {
  const locks: WorkReader['locks'] = async ({ life, seconds }) => {
    const end = now() + seconds;
    for (;;) {
      const { written } = at;
      if (written === undefined || written + life < now()) return [];
      if (now() >= end) return [{ path, written, age: now() - written, content }];
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  return Object.assign(at, { reader: { locks, countBlocks: async () => at.blocks } });
};
const patience: IdleLimits = { seconds: 180, atMost: 900, owner: 'a test' };

/** Waits, while time passes, until it is decided; after how many seconds, and what is left. */
const waiting = async (reader: WorkReader, how: IdleLimits = patience) => {
  const began = now();
  let changes = 0;
  const observer = {
    watches: () => {},
    expects: () => () => {},
    reads: () => {},
    changed: () => {
      changes += 1;
    },
  };
  let ended: { after: number; left: Awaited<ReturnType<typeof waitUntilIdle>> } | undefined;
  void whileObserved(observer, () => waitUntilIdle(reader, { volumes: ['vol'], life: 150, ...how })).then(
    (left) => {
      ended = { after: Math.round(now() - began), left };
    },
  );
  while (ended === undefined) await sleep(1);
  return { ...ended, changes };
};

test('a lock that is written anew is waited for, past the time in which nothing may change, until it goes', async () => {
  const store = server({ written: now() - 27, blocks: 384 });
  const writing = setInterval(() => Object.assign(store, { written: now() }), 60_000);
  setTimeout(() => {
    clearInterval(writing);
    store.written = undefined;
  }, 400_000);
  expect(await waiting(store.reader)).toEqual({ after: 401, left: undefined, changes: 6 });
});

test('a lock that was abandoned is waited for until its life is over by the clock of the server', async () => {
  const store = server({ written: now() - 27, blocks: 384 });
  expect(await waiting(store.reader)).toEqual({ after: 124, left: undefined, changes: 0 });
});

test('one that never ends hits the bound, and is reported with its age, the blocks, and what changed last', async () => {
  const store = server({ written: now(), blocks: 384 });
  setInterval(() => Object.assign(store, { written: now() }), 60_000);
  setInterval(() => Object.assign(store, { blocks: store.blocks - 1 }), 100_000);
  const { after, left } = await waiting(store.reader);
  expect(after).toBeGreaterThanOrEqual(900);
  expect(left).toMatchObject({
    ...patience,
    locks: [{ volume: 'vol', lock: 'lock-1', of: 'a deletion', age: expect.closeTo(0, -2) }],
    blocks: [{ volume: 'vol', left: 375 }],
    changedAfter: expect.closeTo(900, -1),
  });
  expect(left && describeRemainingWork(left)).toMatch(
    /^after 90\d s, the maximum, while something still changed \(a test\): lock lock-1 of a deletion in the folder of vol, last written \S+ s ago; 375 blocks in the folder of vol$/,
  );
});

test('one of which nothing changes, as its time lies ahead, is given up after the time for that', async () => {
  const store = server({ written: now() + 3600, blocks: 9 });
  setTimeout(() => Object.assign(store, { blocks: 8 }), 55_000);
  const { after, left } = await waiting(store.reader);
  expect([after, left?.changedAfter]).toEqual([240, 60]);
  expect(left && describeRemainingWork(left)).toMatch(
    /^after 240 s, the last 180 s without a change \(a test\): /,
  );
  const still = server({ written: now() + 3600, blocks: 9 });
  expect((await waiting(still.reader)).left).not.toHaveProperty('changedAfter');
});

test('whose lock has expired is waited for as long as the blocks become fewer', async () => {
  const store = server({ written: now() - 130, blocks: 384 });
  const removing = setInterval(() => Object.assign(store, { blocks: store.blocks - 1 }), 500);
  setTimeout(() => clearInterval(removing), 60_000);
  const { after, left } = await waiting(store.reader);
  expect([left, after]).toEqual([undefined, 61]);
});

test('without a bound the time is fixed, and none is no wait at all', async () => {
  const store = server({ written: now(), blocks: 1 });
  setInterval(() => Object.assign(store, { written: now() }), 5_000);
  expect((await waiting(store.reader, { seconds: 30, owner: 'a test' })).after).toBe(30);
  expect(await waiting(store.reader, { seconds: 0, owner: 'a test' })).toMatchObject({ left: { waited: 0 } });
});
