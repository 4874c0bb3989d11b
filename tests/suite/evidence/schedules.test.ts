/**
 * The same generated schedules of broken streams that test the watcher: what a history of them is judged to
 * be again is what was said live.
 */
import { expect, test } from 'vitest';
import { whileObserved } from '../../../e2e/history/observer.ts';
import { judgeAgain } from '../../../e2e/suite/evidence/replay/judge-again.ts';
import { generate } from '../../history/schedules/generate.ts';
import { observe } from '../../history/schedules/observe.ts';
import { runSchedule } from '../../history/schedules/run-schedule.ts';
import { describeLamp, recorded } from './history.ts';

const count = Number(process.env.CORRAL_SCHEDULES ?? 100);
const first = Number(process.env.CORRAL_SCHEDULES_FROM ?? 1);
const deadline = 120_000;
const timeout = deadline + count * 300;

test(`${count} schedules from seed ${first} on are judged again as they were live`, { timeout }, async () => {
  const states: Record<string, number> = {};
  const wrong: string[] = [];
  let next = first;
  const lane = async () => {
    while (next < first + count) {
      const seed = next++;
      const { recording } = await recorded((observer) =>
        whileObserved(observer, () => runSchedule(generate(seed), { observe, deadline })).then(() => {}),
      );
      for (const { set, recorded: then, now } of judgeAgain(recording, describeLamp)) {
        if (set.rule === undefined || then === undefined) continue;
        states[then.phase] = (states[then.phase] ?? 0) + 1;
        const reached = now?.steps.filter((step) => step.reached).length;
        if (now?.state !== then.phase || reached !== (then.reached ?? []).length)
          wrong.push(
            `seed ${seed}, expectation ${set.id}: then ${then.phase} (${then.reason}), now ${now?.state} (${now?.reason})`,
          );
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  expect(wrong).toEqual([]);
  // Each kind of ending was met, and often.
  for (const state of ['met', 'broken', 'not-provable', 'timed-out'])
    expect(states[state]).toBeGreaterThan(count / 20);
});
