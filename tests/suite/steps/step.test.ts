import { expect, test } from 'vitest';
import { createAsStep } from '../../../e2e/suite/steps/as-step.ts';
import type { Context } from '../../../e2e/suite/steps/context.ts';
import { uniqueName } from '../../../e2e/suite/steps/created-objects.ts';
import { runAllStages } from '../../../e2e/suite/steps/run-all-stages.ts';
import { bind, runStep, step } from '../../../e2e/suite/steps/step.ts';
import { steps, stepsOfAll } from '../../../e2e/suite/steps/subjects.ts';
import { createTestContext, record } from '../../support/test-context.ts';

const first = { label: 'the first backup' };

const made = step({
  sentence: 'Given {what} of {size} on {version}, {backup}',
  parameters: (what, size) => ({ what, size, version: ({ version }) => version, backup: first }),
  action: async (_: Context, what: string, size: number) => ({ what, size }),
  detail: ({ size }) => `${size} MiB`,
});
const breaks = step({
  sentence: 'Then it is kept',
  action: async (_: Context, text: string): Promise<string> => {
    if (text === '') throw new Error('no room');
    return text;
  },
  detail: (text) => ({ knownBug: text }),
});
const own = { 'given.made': made, 'then.breaks': breaks };

test('a step prints its sentence with what it was given, and what came of it', async () => {
  const { context, printed } = createTestContext();
  expect(await bind(context, own, 'given').made('a volume', 7)).toEqual({ what: 'a volume', size: 7 });
  const { breaks } = bind(context, own, 'then');
  await breaks('as known');
  await expect(breaks('')).rejects.toThrow('no room');
  expect(printed).toEqual([
    'Given a volume of 7 on v1.12.1, the first backup ...',
    'Given a volume of 7 on v1.12.1, the first backup: 7 MiB',
    'Then it is kept ...',
    'Then it is kept KNOWN BUG: as known',
    'Then it is kept ...',
    'Then it is kept FAILED: no room',
  ]);
});

test('what comes after a step is printed by itself, and a step whose condition is false not at all', async () => {
  const { context, ended } = createTestContext();
  const none = step({ sentence: 'Then nothing', only: () => false, action: async (_: Context) => {} });
  const last = step({ sentence: 'Then last', action: async (_: Context) => {} });
  const both = step({
    sentence: 'Then both',
    action: async (_: Context) => {},
    afterwards: async (context) => runStep(context, last),
  });
  await runStep(context, none);
  await runStep(context, both);
  expect(ended()).toEqual(['Then both', 'Then last']);
});

test('a step that waits for a clock leaves its place to another after its sentence, until its work ends', async () => {
  const { context, printed } = createTestContext({
    turn: {
      pauseDuring: (work) => {
        printed.push("its place is another's");
        return work().finally(() => printed.push('and is taken again'));
      },
    },
  });
  const again = step({
    sentence: 'Then it is tried again',
    waitsForTimer: true,
    action: async (_: Context) => 7,
    detail: (gap) => `after ${gap} s`,
  });
  await runStep(context, again);
  expect(printed).toEqual([
    'Then it is tried again ...',
    "its place is another's",
    'and is taken again',
    'Then it is tried again: after 7 s',
  ]);
});

test('a scenario that is stopped waits for nothing any more, and begins no step', async () => {
  const { report, printed } = record();
  const controller = new AbortController();
  const asStep = createAsStep({ report, signal: controller.signal });
  const waiting = asStep('Then it ends', () => new Promise(() => {}));
  controller.abort(new Error('the time is up'));
  await expect(waiting).rejects.toThrow('the time is up');
  await expect(asStep('When it begins', async () => {})).rejects.toThrow('the time is up');
  expect(printed).toEqual(['Then it ends ...', 'Then it ends FAILED: the time is up']);
});

test('each step says what it does: its sentence begins with its word, and is no list of others', () => {
  const sentences = Object.entries(steps).map(([id, { sentence }]) => [id.split('.')[0], sentence] as const);
  for (const [word, sentence] of sentences) expect(sentence.toLowerCase()).toMatch(new RegExp(`^${word} `));
  for (const { sentence } of stepsOfAll) expect(sentence).toMatch(/^(Given|When|Then) /);
});

test('a thousand things of one kind have a thousand names, each of at most 40 characters', () => {
  const names = Array.from({ length: 1000 }, () => uniqueName('abc123', 'snapshot'));
  expect(new Set(names).size).toBe(1000);
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(40);
});

const errors = [new Error('backups stuck'), new Error('store stuck')];

test.each<[string[], unknown]>([
  [[], undefined],
  [['backups'], errors[0]],
  [['backups', 'store'], expect.objectContaining({ errors })],
])(
  'every stage of a cleanup runs in its turn, also where %j fail, which is thrown',
  async (failing, thrown) => {
    const done: string[] = [];
    const all = ['backups', 'volumes', 'store'].map((name) => async () => {
      done.push(name);
      if (failing.includes(name)) throw new Error(`${name} stuck`);
    });
    expect(await runAllStages(all).catch((error: unknown) => error)).toEqual(thrown);
    expect(done).toEqual(['backups', 'volumes', 'store']);
  },
);
