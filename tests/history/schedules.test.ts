/**
 * The watcher and the judge against generated schedules of broken streams: no wrong verdict, every lost
 * stretch a gap, no gap without a loss.
 *
 * The seeds are fixed; for others, set CORRAL_SCHEDULES (how many) and CORRAL_SCHEDULES_FROM (the first
 * seed):
 *
 * CORRAL_SCHEDULES=20000 CORRAL_SCHEDULES_FROM=$RANDOM npx vitest run --project unit
 * tests/history/schedules.test.ts
 *
 * A failure tells its seed, and the smallest schedule that fails the same way.
 */
import { expect, test } from 'vitest';
import { check } from './schedules/check.ts';
import { generate } from './schedules/generate.ts';
import { known } from './schedules/known.ts';
import { observe } from './schedules/observe.ts';
import { type Outcome, play } from './schedules/play.ts';
import type { Schedule } from './schedules/schedule.ts';
import { shrink } from './schedules/shrink.ts';

const first = Number(process.env.CORRAL_SCHEDULES_FROM ?? 1);
const count = Number(process.env.CORRAL_SCHEDULES ?? 500);
// At once: while one is silent, others go on. Only a watcher that hangs meets the deadline.
const lanes = 100;
const deadline = 120_000;

const run = (schedule: Schedule): Promise<Outcome> => play(schedule, { observe, deadline });

/** What kind of problem it is, whatever the names, states and versions. */
const kindOf = (problem: string | undefined): string | undefined => problem?.match(/^[a-z ]+/)?.[0];

const failureOf = async (seed: number, [problem]: string[]): Promise<string> => {
  const schedule = generate(seed);
  const smaller = await shrink(
    schedule,
    async (each) => kindOf(check(await run(each))[0]) === kindOf(problem),
  );
  const problems = check(await run(smaller));
  return `seed ${seed}: ${problem}\nthe smallest schedule like it: ${JSON.stringify(smaller)}\n${problems.join('\n')}`;
};

test.each(Object.entries(known))('%s', { timeout: deadline }, async (_, schedule) => {
  expect(check(await run(schedule))).toEqual([]);
});

test(`${count} schedules from seed ${first} on`, { timeout: deadline + count * 300 }, async () => {
  const tally = { verdicts: 0, withheld: 0, gaps: 0, lossless: 0 };
  let failure: string | undefined;
  let next = first;
  const lane = async () => {
    while (failure === undefined && next < first + count) {
      const seed = next++;
      const outcome = await run(generate(seed));
      const problems = check(outcome);
      if (problems.length > 0) failure ??= await failureOf(seed, problems);
      const { losses } = outcome.world.given;
      tally.gaps += losses.length;
      tally.verdicts += outcome.answers.length;
      if (losses.length === 0) {
        tally.lossless += 1;
        tally.withheld += outcome.answers.filter(
          ({ state, how }) => state === 'not-provable' && how !== 'asked while cut off',
        ).length;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(failure).toBeUndefined();
  // Where nothing was lost, every question has an answer.
  expect(tally.withheld).toBe(0);
  if (count < 100) return;
  // Schedules that ask and lose nothing would pass as well; a few may be such.
  expect(tally.gaps).toBeGreaterThan(count / 2);
  expect(tally.lossless).toBeGreaterThan(count / 10);
  expect(tally.verdicts).toBeGreaterThan(count * 8);
});
