import { expect, test } from 'vitest';
import type { Context } from '../../../e2e/suite/steps/context.ts';
import { bindSteps } from '../../../e2e/suite/steps/subjects.ts';
import { createTestContext } from '../../support/test-context.ts';

const open = (exclusive: Context['turn']['exclusive'], version = 'v1.12.1') => {
  const { context, ended } = createTestContext({ turn: { exclusive }, version });
  return { ...bindSteps(context), ended, exclusive: context.exclusive };
};

test('what a scenario gets for itself alone is reported, with how long it waited; what it did not get, it has not had', async () => {
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

test.each([
  ['v1.10.2', 1],
  ['v1.12.1', 0],
])('what would hurt others by a bug is done alone where Longhorn %s has it', async (version, steps) => {
  const { given, ended, exclusive } = open(async () => 0, version);
  await given.exclusiveBefore('manager-panics-on-late-failure', 'longhorn-managers');
  expect([ended().length, exclusive.size]).toEqual([steps, steps]);
});

test('what it gives back is named', async () => {
  const sentence = 'When others may use the longhorn-manager pods again';
  const { context, printed } = createTestContext({
    turn: { releaseUntilCleanup: async () => void printed.push('released') },
    exclusive: new Set(['longhorn-managers']),
  });
  await bindSteps(context).when.sharedAgain();
  expect(printed).toEqual([`${sentence} ...`, 'released', sentence]);
  await bindSteps(context).when.shared();
  expect(printed.at(-1)).toBe('When other scenarios may use the longhorn-manager pods too: waited 0 ms');
});
