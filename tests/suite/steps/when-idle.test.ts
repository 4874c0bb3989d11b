import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { longhornClocks } from '../../../e2e/longhorn/clocks.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { createWhenIdle } from '../../../e2e/suite/steps/cleanup.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await temporaryFolder();
  folder = join(root, volumeFolder('a'), 'locks');
  await mkdir(folder, { recursive: true });
});

const lock = (): Promise<void> =>
  writeFile(join(folder, 'lock-1.lck'), '{"Name":"lock-1","Type":2,"Acquired":true}');
const unlock = (): Promise<void> => rm(join(folder, 'lock-1.lck'));
const open = (cluster = stubCluster()) => localStore(root, cluster);

test('what nothing works on is taken away at once', async () => {
  const taken: string[] = [];
  const whenIdle = createWhenIdle({ store: open(), clocks: longhornClocks, run: 'abc123' });
  await whenIdle('backup volume a-1', async () => void taken.push('a-1'), ['a']);
  await whenIdle('backup target t', async () => void taken.push('t'));
  expect(taken).toEqual(['a-1', 't']);
});

test('what a deletion works on is taken away when that has ended', async () => {
  await lock();
  const done: string[] = [];
  setTimeout(async () => {
    done.push('the deletion ends');
    await unlock();
  }, 500);
  const whenIdle = createWhenIdle({ store: open(), clocks: longhornClocks, run: 'abc123' });
  await whenIdle('backup volume a-1', async () => void done.push('taken'), ['a']);
  expect(done).toEqual(['the deletion ends', 'taken']);
});

test('what is still worked on after the time is left, and so is all that is to go after it, without another wait', async () => {
  await lock();
  const asked: number[] = [];
  const taken: string[] = [];
  const store = open();
  const whenIdle = createWhenIdle({
    // As if the time had passed.
    store: {
      untilIdle: (options) => {
        asked.push(options.seconds);
        return store.untilIdle({ ...options, seconds: 0 });
      },
    },
    clocks: { ...longhornClocks, lockLife: 3_600_000 },
    run: 'abc123',
  });
  await expect(whenIdle('backup volume a-1', async () => void taken.push('a-1'), ['a'])).rejects.toThrow(
    /^backup volume a-1 is left: the backup store is still worked on after 0 s \(.*a lock's life of 3600 s\): lock lock-1 of a deletion in the folder of a, last written \d+ s ago; when that has ended, remove it with npm run cleanup -- --run abc123$/,
  );
  await expect(whenIdle('backup target t', async () => void taken.push('t'))).rejects.toThrow(
    /^backup target t is left: /,
  );
  expect(taken).toEqual([]);
  expect(asked[0]).toBe(3630);
});

test('all waits of a cleanup share one time', async () => {
  await lock();
  const store = open();
  const asked: number[] = [];
  const whenIdle = createWhenIdle({
    store: {
      untilIdle: async (options) => {
        asked.push(options.seconds);
        await store.untilIdle(options);
      },
    },
    clocks: { ...longhornClocks, lockLife: 4_000 },
    run: 'abc123',
  });
  await whenIdle('a', async () => {}, ['a']);
  await whenIdle('b', async () => {}, ['a']);
  expect(asked[0]).toBe(34);
  expect(asked[1]).toBeLessThan(34);
});

test('a store that cannot be looked into keeps nothing from going, and that is told', async () => {
  const cluster = stubCluster({ exec: () => Promise.reject(new Error('the pod is gone')) });
  const taken: string[] = [];
  const whenIdle = createWhenIdle({ store: open(cluster), clocks: longhornClocks, run: 'abc123' });
  await expect(whenIdle('backup target t', async () => void taken.push('t'))).rejects.toThrow(
    'nobody knows whether backup target t was still worked on when it was removed: the pod is gone',
  );
  expect(taken).toEqual(['t']);
});
