import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomActions, type SoakAction } from '../../e2e/soak/actions.ts';
import { reduceActions } from '../../e2e/soak/reduce.ts';

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
