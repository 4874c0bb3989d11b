import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  randomActions,
  readSoakRuns,
  soakActionNames,
  soakName,
  soakSeedOf,
} from '../../e2e/soak/actions.ts';
import { describeActions } from '../../e2e/soak/open-soak.ts';

const some = fc.sample(randomActions, { seed: 7, numRuns: 50 });

test('the same seed gives the same actions, and all that there are come', () => {
  expect(fc.sample(randomActions, { seed: 7, numRuns: 50 })).toEqual(some);
  expect(new Set(some.flat().map((action) => action.do))).toEqual(new Set(soakActionNames));
});

test('a run is read from its line as it was written', () => {
  const runs = some.map((actions, run) => ({ run, actions }));
  expect(readSoakRuns(runs.map((each) => `${JSON.stringify(each)}\n`).join(''))).toEqual(runs);
});

test('each action is a line of a scenario', () => {
  for (const line of describeActions(some.flat())) expect(line).toMatch(/^await (?:given|when|then)\./);
});

test('a soak is known by its name', () => {
  expect([soakSeedOf(soakName(7)), soakSeedOf('create a backup | write | late')]).toEqual([7, undefined]);
});
