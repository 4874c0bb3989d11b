import { expect, test } from 'vitest';
import type { Context } from '../../../e2e/suite/steps/context.ts';
import { createGivenExclusive, createWhenGivenBack } from '../../../e2e/suite/steps/vocabulary.ts';
import { createTestContext } from '../../support/test-context.ts';

const open = (haveExclusive: Context['haveExclusive']) => {
  const { context, ended } = createTestContext({ haveExclusive });
  return { given: createGivenExclusive(context), ended, exclusive: context.exclusive };
};

test('what a scenario gets for itself alone is told, with how long it waited; what it did not get, it has not had', async () => {
  const { given, ended, exclusive } = open(async () => 31_000);
  await given.exclusive('longhorn-managers', 'nodes');
  expect(ended()).toEqual([
    'Given that nobody else uses the longhorn-manager pods and the nodes of the cluster: waited 31 s',
  ]);
  expect([...exclusive]).toEqual(['longhorn-managers', 'nodes']);
  const interrupted = open(() => Promise.reject(new Error('Ctrl-C')));
  await expect(interrupted.given.exclusive('nodes')).rejects.toThrow('Ctrl-C');
  expect([...interrupted.exclusive]).toEqual([]);
});

test('what it gives back is told by name', async () => {
  const sentence = 'When others may use the longhorn-manager pods again';
  const { context, told } = createTestContext({
    rest: async () => void told.push('rests'),
    exclusive: new Set(['longhorn-managers']),
  });
  await createWhenGivenBack(context).givenBack();
  expect(told).toEqual([`${sentence} ...`, 'rests', sentence]);
});
