import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSoakRuns, type SoakAction, someActions } from '../../e2e/soak/actions.ts';
import { describeActions } from '../../e2e/soak/play.ts';

const some = fc.sample(someActions, { seed: 7, numRuns: 50 });

test('the same seed gives the same actions, and all that there are come', () => {
  expect(fc.sample(someActions, { seed: 7, numRuns: 50 })).toEqual(some);
  expect(new Set(some.flat().map((action) => action.do)).size).toBe(11);
});

test('a run is read from its line as it was written', () => {
  const runs = some.map((actions, run) => ({ run, actions }));
  expect(readSoakRuns(runs.map((each) => `${JSON.stringify(each)}\n`).join(''))).toEqual(runs);
});

test('a failure is reduced to the actions that it takes, on the first volume', async () => {
  const fails = (actions: readonly SoakAction[]): boolean =>
    ['back up', 'delete'].every((each) => actions.some((action) => action.do === each));
  const { counterexample } = await fc.check(
    fc.asyncProperty(someActions, async (actions) => !fails(actions)),
    { seed: 7 },
  );
  const left = describeActions(counterexample?.[0] ?? []);
  expect(left.length).toBeLessThanOrEqual(6);
  expect(left).toEqual(
    expect.arrayContaining([
      'await when.backedUp(await given.snapshot(volume1));',
      'await when.deleted(backups[0] of volume1);',
    ]),
  );
});
