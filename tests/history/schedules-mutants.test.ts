/**
 * The schedules of schedules.test.ts find what they are for: each watcher, or judge, that is broken in one
 * place is told from the whole one.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStreamServer } from '../support/stream-server.ts';
import { check } from './schedules/check.ts';
import { generate } from './schedules/generate.ts';
import { known } from './schedules/known.ts';
import { type Mutant, mutants, none } from './schedules/mutants.ts';
import { mutate } from './schedules/mutate.ts';
import { play, type Stage } from './schedules/play.ts';
import type { Schedule } from './schedules/schedule.ts';

let server: Stage['server'];
beforeAll(async () => {
  server = await startStreamServer();
});
afterAll(() => server.close());

// Where a watcher does not hang, only a machine that does could meet the deadline.
const deadlineOf = ({ hangs }: Mutant): number => (hangs ? 3000 : 60_000);

/** The first problem that a mutant has with its known schedule, or with so many from its seed on. */
const firstProblem = async (mutant: Mutant, most: number): Promise<string | undefined> => {
  const { observe, remove } = await mutate(mutant);
  const { seed } = mutant;
  const schedules =
    typeof seed === 'string'
      ? [known[seed] as Schedule]
      : Array.from({ length: most }, (_, index) => generate(seed + index));
  try {
    for (const schedule of schedules) {
      const [problem] = check(await play(schedule, { observe, server, deadline: deadlineOf(mutant) }));
      if (problem !== undefined) return problem;
    }
    return undefined;
  } finally {
    await remove();
  }
};

// Known by their seeds, so that few schedules will do; after a change of the generator it may take more.
test.concurrent.each(mutants)('$bug', { timeout: 120_000 }, async (mutant) => {
  expect(await firstProblem(mutant, 200)).toBeDefined();
});

test('nothing is wrong with a copy', { timeout: 120_000 }, async () => {
  expect(await firstProblem(none, 50)).toBeUndefined();
});
