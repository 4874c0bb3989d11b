import { expect, test } from 'vitest';
import { parseArguments } from '../../e2e/cli/arguments/parse.ts';
import type { Chosen } from '../../e2e/cli/choice.ts';
import { describeOthers } from '../../e2e/cli/list.ts';

const chosen = (name: string, ...tags: string[]): Chosen => ({
  ...{ name, file: 'a.ts', seed: null, tags },
  declared: { needs: [], exclusive: [], disruptions: [], longhorn: '*' },
});

test('what was not chosen is described by subject, with its time one after the other or by the clock of a run', () => {
  const others = [
    chosen('a', 'ui', 'held'),
    chosen('b', 'held'),
    chosen('c', 'held', 'ui'),
    chosen('new', 'held'),
  ];
  const times = { 'a.ts a': 1_200_000, 'a.ts b': 60_000, 'a.ts c': 120_000 };
  const ui = "ui: Longhorn's user interface, in a browser";
  const held = 'held: a fault holds the operation at the moment that matters';
  const last = '--all chooses every scenario, --tags held one subject: npx corral e2e --all';
  expect(describeOthers(others, { times })).toEqual([
    'Not chosen: 4 more scenarios, about 25 min one after the other',
    `  3  about 5 min   ${held}`,
    `  1  about 20 min  ${ui}`,
    last,
  ]);
  expect(describeOthers(others, { times, pace: 0.2 })).toEqual([
    'Not chosen: 4 more scenarios, about 5 min at the pace of this run',
    `  3  about 1 min  ${held}`,
    `  1  about 4 min  ${ui}`,
    last,
  ]);
  expect(describeOthers([], { times })).toEqual([]);
});

test.each([
  ['', false],
  ['--shard 1/2 --provider kind --repeat 2 --list', false],
  ['--all', true],
  ['--only waits', true],
  ['--tags ui', true],
  ['--store fitting', true],
  ['--last-failed', true],
])('%j chooses among all scenarios: %j', (flags, all) => {
  expect(parseArguments(flags.split(' ').filter(Boolean), ['lab', 'kind'])).toMatchObject({ all });
});
