import { expect, test } from 'vitest';
import { expectHistory, waitUntil } from '../../../e2e/history/expectation.ts';
import { whileObserved } from '../../../e2e/history/observer.ts';
import type { Recording } from '../../../e2e/history/recording.ts';
import type { ReplayedTimeline } from '../../../e2e/history/replay.ts';
import { agrees, endedAsIntended, judgeAgain } from '../../../e2e/suite/evidence/replay/judge-again.ts';
import { hall, is, type Lamp, lamp, pushEvent } from '../../history/lamps.ts';
import { generate } from '../../history/schedules/generate.ts';
import { observe } from '../../history/schedules/observe.ts';
import { runSchedule } from '../../history/schedules/run-schedule.ts';
import { describeLamp, recorded, recordedLamps } from './history.ts';

/** What is judged of the first expectation of a history. */
const judgeOne = (recording: Recording) => {
  const [judged] = judgeAgain(recording, describeLamp);
  if (judged === undefined) throw new Error('nothing was expected');
  return { judged, is: [judged.recorded?.phase, judged.now?.state, agrees(judged), endedAsIntended(judged)] };
};
/** The history of what is expected of lamps while `work` changes them; the hall lamp is off at first. */
const historyOf = async (work: (timeline: ReplayedTimeline<Lamp>) => unknown): Promise<Recording> => {
  const { recording } = await recordedLamps((timeline) => {
    pushEvent(timeline, 'hall:off');
    return work(timeline);
  });
  return recording;
};

// That the same verdict comes of every ending is judged by schedules below; that another one comes of other events, and
// that what was broken is explained whole again, in replay.self.test.ts.
const toOn = (timeline: ReplayedTimeline<Lamp>, within: '20ms' | '10s') =>
  hall(timeline).goes(is('on')).within(within, 'the test');

// That what was cut off when it ran out is so again is judged there, too.
test('what ran out of time does so again, though the state comes later; what a watch decided that ended for good is decided so again', async () => {
  const late = await historyOf((timeline) =>
    toOn(timeline, '20ms').catch(() => pushEvent(timeline, 'hall:on')),
  );
  const lost = await historyOf((timeline) => {
    const waiting = toOn(timeline, '10s');
    timeline.fail(new Error('403 Forbidden'));
    return waiting;
  });
  for (const [recording, state, reason] of [
    [
      late,
      'timed-out',
      /^timed out after 20 ms \(the test\): on was not reached; the hall lamp is still off$/,
    ],
    [lost, 'not-provable', /^the watch of lamps cannot go on: 403 Forbidden$/],
  ] as const) {
    const { judged, is: ended } = judgeOne(recording);
    expect(ended).toEqual([state, state, true, false]);
    expect(judged.now?.reason).toMatch(reason);
  }
});

test('what ran out some time after its last change did so then, and says so again', async () => {
  const recording = await historyOf(async (timeline) => {
    const waiting = hall(timeline).goes(is('on')).within('50ms', 'the test', '10s');
    const dim = () => timeline.push({ kind: 'modified', at: Date.now(), object: lamp('hall', 'dim', 2) });
    setTimeout(dim, 25);
    await waiting;
  });
  const { judged, is: ended } = judgeOne(recording);
  expect(ended).toEqual(['timed-out', 'timed-out', true, false]);
  expect(judged.now?.reason).toMatch(
    /^timed out after \d+ ms, the last 50 ms without a change \(the test\); the last change came after \d+ ms: hall, dim: /,
  );
});

test('one that was to run out is as it was meant to be; one that was not decided when the history ends agrees with nothing', async () => {
  const meant = await historyOf((timeline) =>
    hall(timeline).startingAs(is('off')).goes(is('on')).undecidedFor('20ms', 'the test'),
  );
  expect(judgeOne(meant).is).toEqual(['timed-out', 'timed-out', true, true]);
  const open = await historyOf((timeline) => void toOn(timeline, '20ms').catch(() => {}));
  expect(judgeOne(open).is).toEqual([undefined, 'timed-out', undefined, undefined]);
});

test('what cannot be judged again is reported: a simple wait, a step without a name, a state that nobody knows', async () => {
  const recording = await historyOf(async (timeline) => {
    const isOn = ({ status }: Lamp): boolean => status.state === 'on';
    const found = waitUntil(timeline, isOn, { label: 'lit', name: 'hall', within: '10s', owner: 'a test' });
    pushEvent(timeline, 'hall:on');
    await found;
    const unnamed = expectHistory(timeline, { name: 'hall', label: 'hall', describe: () => '' });
    await unnamed.goes({ label: 'lit', matches: isOn }).within('10s', 'a test');
    await toOn(timeline, '10s');
  });
  // As one of a later version.
  const text = JSON.stringify(recording).replaceAll('lamp-is', 'no-such-state');
  const judged = judgeAgain(JSON.parse(text), describeLamp);
  expect(judged.map(({ recorded: then, now, why }) => [then?.phase, now, why])).toEqual([
    ['met', undefined, 'a simple wait'],
    ['met', undefined, expect.any(String)],
    ['met', undefined, 'this version does not know one of its states'],
  ]);
});

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
