/**
 * The watcher and the judge on generated schedules of broken streams: no wrong verdict, each lost stretch is a gap, no
 * gap without a loss. A failure prints its seed. CORRAL_SCHEDULES is the number of schedules, CORRAL_SCHEDULES_FROM the
 * first seed.
 */
import { expect, test } from 'vitest';
import { check } from './schedules/check.ts';
import { generate } from './schedules/generate.ts';
import { known } from './schedules/known.ts';
import { observe } from './schedules/observe.ts';
import { runSchedule } from './schedules/run-schedule.ts';

const first = Number(process.env.CORRAL_SCHEDULES_FROM ?? 1);
const count = Number(process.env.CORRAL_SCHEDULES ?? 500);
// At once: while one is silent, others go on. Only a watcher that hangs meets the deadline.
const lanes = 100;
const deadline = 120_000;

test.each(Object.entries(known))('%s', { timeout: deadline }, async (_, schedule) => {
  expect(check(await runSchedule(schedule, { observe, deadline }))).toEqual([]);
});

test(`${count} schedules from seed ${first} on`, { timeout: deadline + count * 300 }, async () => {
  const tally = { verdicts: 0, withheld: 0, gaps: 0, lossless: 0 };
  const failures: string[] = [];
  let next = first;
  const lane = async () => {
    while (failures.length === 0 && next < first + count) {
      const seed = next++;
      const schedule = generate(seed);
      const outcome = await runSchedule(schedule, { observe, deadline });
      const problems = check(outcome);
      if (problems.length > 0)
        failures.push(`seed ${seed}: ${problems.join('\n')}\nof ${JSON.stringify(schedule)}`);
      const { losses } = outcome.world.given;
      const isLossless = losses.length === 0;
      tally.gaps += losses.length;
      tally.verdicts += outcome.answers.length;
      tally.lossless += Number(isLossless);
      tally.withheld += outcome.answers.filter(
        ({ state, how }) => isLossless && state === 'not-provable' && how !== 'asked while cut off',
      ).length;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(failures).toEqual([]);
  // Where nothing was lost, every question has an answer.
  expect(tally.withheld).toBe(0);
  if (count < 100) return;
  // Schedules that ask and lose nothing would pass as well; a few may be such.
  expect(tally.gaps).toBeGreaterThan(count / 2);
  expect(tally.lossless).toBeGreaterThan(count / 10);
  expect(tally.verdicts).toBeGreaterThan(count * 8);
});
