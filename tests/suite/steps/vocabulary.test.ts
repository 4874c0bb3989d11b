import { expect, test } from 'vitest';
import { type Context, tellSteps } from '../../../e2e/suite/steps/context.ts';
import { createGivenAlone, createWhenGivenBack } from '../../../e2e/suite/steps/vocabulary.ts';

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

test('what it gives back is told by name', async () => {
  const { told } = open(async () => 0);
  const report = {
    step: (sentence: string) => ({ done: () => void told.push(sentence), failed: () => void told.push(`${sentence}: failed`) }),
    finding: () => {},
    fault: () => {},
  };
  const step = tellSteps({ report, signal: new AbortController().signal });
  const rest = async () => void told.push('rests');
  await createWhenGivenBack({ step, rest, alone: new Set(['longhorn-managers']) } as unknown as Context).givenBack();
  expect(told).toEqual(['rests', 'When others may use the longhorn-manager pods again']);
});

test('what it did not get, it has not had', async () => {
  const { given, alone } = open(() => Promise.reject(new Error('Ctrl-C')));
  await expect(given.alone('nodes')).rejects.toThrow('Ctrl-C');
  expect([...alone]).toEqual([]);
});
