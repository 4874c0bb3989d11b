import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createReadHere, readByChild } from '../../../emulator/engine/read-mount.ts';

const failureOf = (work: Promise<unknown>): Promise<string> => work.then(String, (error) => error.message);

test('what can be read answers, and what cannot says why', async () => {
  for (const read of [readByChild, createReadHere()]) {
    await read(import.meta.dirname, 5_000);
    expect(await failureOf(read(`${import.meta.dirname}/nowhere`, 5_000))).toMatch(/no such file/i);
  }
});

test('a silent server is given up after its time, and asked anew by who comes later', async () => {
  const answers = [() => sleep(60_000, [], { ref: false }), async () => []];
  const read = createReadHere(() => answers.shift()?.() ?? Promise.reject(new Error('asked too often')));
  expect(await failureOf(read('/store', 20))).toBe('no answer within 0.02 s');
  await read('/store', 20);
});

test('who asks while it is being read gets the same answer; another mount point is read by itself', async () => {
  const asked: string[] = [];
  const read = createReadHere(async (mountPoint) => asked.push(mountPoint));
  await Promise.all([read('/one', 1_000), read('/one', 1_000), read('/other', 1_000)]);
  expect(asked).toEqual(['/one', '/other']);
});
