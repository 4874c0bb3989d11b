import { expect, test } from 'vitest';
import { type Context, tellSteps } from '../../e2e/steps/context.ts';
import { createGivenAlone } from '../../e2e/steps/given-alone.ts';

const open = (haveAlone: Context['haveAlone']) => {
  const told: string[] = [];
  const report = {
    step: (sentence: string) => ({
      done: (detail?: string) => told.push(`${sentence}: ${detail}`),
      failed: () => told.push(`${sentence}: failed`),
    }),
    finding: () => {},
    fault: () => {},
  };
  const alone: Context['alone'] = new Set();
  const step = tellSteps({ report, signal: new AbortController().signal });
  return { given: createGivenAlone({ step, haveAlone, alone } as unknown as Context), told, alone };
};

test('what a scenario gets for itself alone is told, with how long it waited', async () => {
  const { given, told, alone } = open(async () => 31_000);
  await given.alone('longhorn-managers', 'nodes');
  expect(told).toEqual(['Given that nobody else uses the longhorn-manager pods and the nodes of the cluster: waited 31 s']);
  expect([...alone]).toEqual(['longhorn-managers', 'nodes']);
});

test('what it did not get, it has not had', async () => {
  const { given, alone } = open(() => Promise.reject(new Error('Ctrl-C')));
  await expect(given.alone('nodes')).rejects.toThrow('Ctrl-C');
  expect([...alone]).toEqual([]);
});
