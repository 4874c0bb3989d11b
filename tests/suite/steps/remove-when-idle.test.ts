import { mkdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { longhornClocks } from '../../../e2e/longhorn/clocks.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import type { IdleLimits } from '../../../e2e/store/wait-until-idle.ts';
import { createRemoveWhenIdle } from '../../../e2e/suite/steps/remove-when-idle.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const root = folderOfEachTest();
const folder = (...path: string[]) => root(volumeFolder('a'), 'locks', ...path);
beforeEach(() => mkdir(folder(), { recursive: true }));

const lock = (): Promise<void> =>
  writeFile(folder('lock-1.lck'), '{"Name":"lock-1","Type":2,"Acquired":true}');
const unlock = (): Promise<void> => rm(folder('lock-1.lck'));
const open = (cluster = stubCluster()) => localStore(root(), cluster);

/** Takes things away when nothing works on them; what was taken is reported in its order. */
const idle = ({ store = open(), clocks = longhornClocks } = {}) => {
  const taken: string[] = [];
  const removeWhenIdle = createRemoveWhenIdle({ store, clocks, run: 'abc123' });
  const take = (what: string, volumes?: string[]) =>
    removeWhenIdle(what, async () => void taken.push(what), volumes);
  return { taken, take };
};

test('what nothing works on is taken away at once, what a deletion works on when that has ended', async () => {
  const { taken, take } = idle();
  await take('backup volume a-1', ['a']);
  await take('backup target t');
  expect(taken).toEqual(['backup volume a-1', 'backup target t']);
  await lock();
  setTimeout(async () => {
    taken.push('the deletion ends');
    await unlock();
  }, 500);
  await take('backup volume a-2', ['a']);
  expect(taken.slice(2)).toEqual(['the deletion ends', 'backup volume a-2']);
});

test('what is still worked on after the time is left, and so is all that is to go after it, without another wait', async () => {
  await lock();
  const requests: unknown[] = [];
  const store = open();
  // As if the time had passed.
  const untilIdle: typeof store.untilIdle = (options) => {
    requests.push([options.seconds, options.atMost]);
    return store.untilIdle({ ...options, seconds: 0, atMost: 0 });
  };
  const clocks = { ...longhornClocks, lockLife: 3_600_000 };
  const { taken, take } = idle({ store: { ...store, untilIdle }, clocks });
  await expect(take('backup volume a-1', ['a'])).rejects.toThrow(
    /^backup volume a-1 is left: work in the backup store has not ended after \d+ s \(.*a lock's life of 3600 s\): lock lock-1 of a deletion in the folder of a, last written \d+ s ago; 0 blocks in the folder of a; when that has ended, remove it with npx corral cleanup --run abc123$/,
  );
  await expect(take('backup target t')).rejects.toThrow(/^backup target t is left: /);
  expect(taken).toEqual([]);
  expect(requests).toEqual([
    [900, 900],
    [0, 0],
  ]);
});

test('all waits of a cleanup share one bound', async () => {
  const requests: (number | undefined)[][] = [];
  // Each takes a second and more.
  const untilIdle = async ({ seconds, atMost }: IdleLimits): Promise<void> => {
    requests.push([seconds, atMost]);
    await sleep(1_100);
  };
  const { take } = idle({ store: { ...open(), untilIdle }, clocks: { ...longhornClocks, lockLife: 4_000 } });
  await take('a', ['a']);
  await take('b', ['a']);
  expect(requests).toEqual([
    [34, 900],
    [34, 899],
  ]);
});

test('a store that cannot be looked into keeps nothing from going, and that is reported', async () => {
  const cluster = stubCluster({ exec: () => Promise.reject(new Error('the pod is gone')) });
  const { taken, take } = idle({ store: open(cluster) });
  await expect(take('backup target t')).rejects.toThrow(
    'it is unknown whether backup target t was still in use when it was removed: the pod is gone',
  );
  expect(taken).toEqual(['backup target t']);
});
