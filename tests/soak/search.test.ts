import { expect, test } from 'vitest';
import type { SoakAction } from '../../e2e/soak/actions.ts';
import { searchFailure } from '../../e2e/soak/search.ts';
import { InconclusiveError } from '../../e2e/suite/steps/judging.ts';

type Attempt = (actions: readonly SoakAction[], run: number) => unknown;

/** Searches with runs that throw what `attempt` returns. */
const search = async (attempt: Attempt, { time = 60_000, interruptedAt = Number.POSITIVE_INFINITY } = {}) => {
  const runs: (readonly SoakAction[])[] = [];
  const notProvable: unknown[] = [];
  const result = await searchFailure({
    ...{ seed: 7, time, reduction: 60_000 },
    attempt: async (actions) => {
      runs.push(actions);
      const error = attempt(actions, runs.length);
      return error === undefined ? undefined : { error, actions };
    },
    isOver: () => runs.length >= interruptedAt,
    onNotProvable: (error) => notProvable.push(error),
  });
  return { result, runs, notProvable };
};

const lost = new InconclusiveError('the watch had a gap');
const broken = new Error('a backup is missing');
const writes = (actions: readonly SoakAction[]): boolean => actions.some((action) => action.do === 'write');

test('the first run that fails ends the search, and is reduced', async () => {
  const { result, runs } = await search((actions, run) => (run > 2 && writes(actions) ? broken : undefined));
  expect(result?.error).toBe(broken);
  expect(result?.actions.map((action) => action.do)).toEqual(['write']);
  expect(result?.found).toBeLessThan(60_000);
  // Each of the first runs had other actions.
  expect(new Set(runs.slice(0, 3).map((actions) => JSON.stringify(actions))).size).toBe(3);
});

test('a run without a verdict is neither a failure nor reduced, and the search goes on', async () => {
  const { result, notProvable } = await search((actions, run) =>
    run === 1 || !writes(actions) ? lost : broken,
  );
  expect(result?.error).toBe(broken);
  expect(notProvable).toEqual([lost]);
  // An attempt of the reduction that has no verdict does not count as one that still fails.
  expect(result?.actions.map((action) => action.do)).toEqual(['write']);
});

test('a search in which no run has a verdict has none either', async () => {
  await expect(search(() => lost, { time: 0 })).rejects.toBe(lost);
});

test('a search in which no run fails ends with its time', async () => {
  expect(await search(() => undefined, { time: 0 })).toMatchObject({ result: undefined, runs: [{}] });
});

test('an interruption is no failure of the actions: nothing is reduced', async () => {
  await expect(search(() => broken, { interruptedAt: 1 })).rejects.toBe(broken);
});
