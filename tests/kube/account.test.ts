import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { awaitCluster, decisionNote, noteArrival, openAccount } from '../../e2e/kube/account.ts';

const burn = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const sum = (spent: object) => Object.values(spent).reduce((one: number, other: number) => one + other, 0);

test('idle is the cluster while it is waited for, else the suite; busy is the suite', async () => {
  const account = openAccount();
  const start = performance.now();
  await account.run(async () => {
    await awaitCluster(() => pause(100));
    await pause(60);
    burn(40);
  });
  const spent = account.spent();
  const passed = performance.now() - start;
  account.close();
  expect(spent.cluster).toBeGreaterThan(80);
  expect(spent.cluster).toBeLessThan(passed - 95);
  expect(spent.suite).toBeGreaterThan(95);
  expect(spent.locks).toBe(0);
  expect(spent.others).toBe(0);
  expect(sum(spent)).toBeCloseTo(passed, -1);
});

test('busy time is shared by those at work; one in line has its time there', async () => {
  const [one, other, waiting] = [openAccount(), openAccount(), openAccount()];
  const { promise, resolve } = Promise.withResolvers<void>();
  const inLine = waiting.inLine(() => promise);
  await one.run(async () => {
    await awaitCluster(() => pause(10));
    burn(100);
  });
  const [first, second, third] = [one, other, waiting].map((account) => account.spent());
  resolve();
  await inLine;
  for (const account of [one, other, waiting]) account.close();
  expect(first?.suite).toBeGreaterThanOrEqual(50);
  expect(first?.others).toBeGreaterThanOrEqual(50);
  expect(second?.others).toBeGreaterThanOrEqual(50);
  expect(third?.locks).toBeGreaterThan(100);
  expect(third?.suite).toBeLessThan(5);
});

test('a decision is noted from the arrival of its object on, on the account that waits', async () => {
  const account = openAccount();
  const note = account.run(decisionNote);
  const object = {};
  noteArrival(object, performance.now() - 7);
  note(object);
  note({});
  account.close();
  expect(account.decisions).toHaveLength(1);
  expect(account.decisions[0]).toBeGreaterThanOrEqual(7);
  expect(account.decisions[0]).toBeLessThan(50);
});
