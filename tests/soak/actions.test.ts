import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  randomActions,
  readSoakRuns,
  type SoakAction,
  soakActionNames,
  soakName,
  soakSeedOf,
} from '../../e2e/soak/actions.ts';
import { describeActions } from '../../e2e/soak/open-soak.ts';
import { reduceActions } from '../../e2e/soak/reduce.ts';

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

const has = (actions: readonly SoakAction[], ...names: SoakAction['do'][]): boolean =>
  names.every((name) => actions.some((action) => action.do === name));

const failing = (...names: SoakAction['do'][]): SoakAction[] =>
  fc
    .sample(randomActions, { seed: 7, numRuns: 200 })
    .find((actions) => actions.length > 15 && has(actions, ...names)) ?? [];

test.for<SoakAction['do'][]>([['back up', 'delete'], ['hold the deletion', 'back up', 'heal'], ['write']])(
  'a failure is reduced to the actions that it takes, on the first volume: %j',
  async (names) => {
    const actions = failing(...names);
    let runs = 0;
    const left = await reduceActions(actions, async (fewer) => {
      runs += 1;
      return has(fewer, ...names);
    });
    expect(left.map((action) => action.do).toSorted()).toEqual(names.toSorted());
    for (const action of left) if ('volume' in action) expect(action.volume).toBe(0);
    expect(runs).toBeLessThan(40);
  },
);

test('where the time is over, what it was reduced to so far is left', async () => {
  const actions = failing('write');
  let runs = 0;
  const left = await reduceActions(actions, async (fewer) => {
    runs += 1;
    return runs > 2 ? undefined : has(fewer, 'write');
  });
  expect(runs).toBe(3);
  expect(left.length).toBeLessThan(actions.length);
  expect(left.length).toBeGreaterThan(1);
});

test('a failure that takes them all stays as it is', async () => {
  const actions: SoakAction[] = [
    { do: 'back up', volume: 3 },
    { do: 'heal', fault: 2 },
  ];
  const left = await reduceActions(
    actions,
    async (fewer) => JSON.stringify(fewer) === JSON.stringify(actions),
  );
  expect(left).toEqual(actions);
});
