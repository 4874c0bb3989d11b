import { expect, test } from 'vitest';
import { inTurn } from '../../../e2e/suite/steps/cleanup.ts';

const stages = (...failing: string[]) => {
  const done: string[] = [];
  const all = ['backups', 'volumes', 'store'].map((name) => async () => {
    done.push(name);
    if (failing.includes(name)) throw new Error(`${name} stuck`);
  });
  return { done, all };
};

test('every stage of a cleanup runs, one after the other', async () => {
  const { done, all } = stages();
  await inTurn(all);
  expect(done).toEqual(['backups', 'volumes', 'store']);
});

test('a stage that fails keeps no other from it, and is what is thrown', async () => {
  const { done, all } = stages('backups');
  await expect(inTurn(all)).rejects.toThrow('backups stuck');
  expect(done).toEqual(['backups', 'volumes', 'store']);
});

test('of several, all are thrown', async () => {
  await expect(inTurn(stages('backups', 'store').all)).rejects.toMatchObject({
    errors: [new Error('backups stuck'), new Error('store stuck')],
  });
});
