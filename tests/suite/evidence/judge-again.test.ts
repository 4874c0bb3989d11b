import { expect, test } from 'vitest';
import { expectHistory, once } from '../../../e2e/history/expectation.ts';
import { whileObserved } from '../../../e2e/history/observer.ts';
import type { Recording } from '../../../e2e/history/recording.ts';
import { type ReplayedTimeline, replayTimeline } from '../../../e2e/history/replay.ts';
import { agrees, judgeAgain, wentWell } from '../../../e2e/suite/evidence/replay/judge-again.ts';
import { hall, is, type Lamp, makeLampStep, play } from '../../history/lamps.ts';
import { recorded } from './history.ts';

const code = {
  makeStep: makeLampStep,
  describe: (_: string, object: object) => (object as Lamp).status.state,
};
const lamps = { group: 'corral.test', version: 'v1', plural: 'lamps' };

/** The history of what is expected of lamps while `work` plays with them; nothing of it fails the work. */
const historyOf = async (
  work: (timeline: ReplayedTimeline<Lamp>) => Promise<unknown> | unknown,
): Promise<Recording> => {
  const { recording } = await recorded(async (observer) => {
    const timeline = replayTimeline<Lamp>('lamps');
    observer.watches(lamps, timeline);
    await whileObserved(observer, async () => work(timeline)).catch(() => {});
  });
  return recording;
};

const judgeOne = (recording: Recording) => {
  const [judged] = judgeAgain(recording, code);
  if (judged === undefined) throw new Error('nothing was expected');
  return judged;
};

// That the same verdict comes of every ending is judged in schedules.test.ts.
test('what was met is met again by the same states, and not with an event left out', async () => {
  const recording = await historyOf(async (timeline) => {
    // Before the mark, where it counts no more.
    for (const event of ['hall:on', 'hall:red', 'hall:off']) play(timeline, event);
    const met = hall(timeline).from(timeline.mark()).goes(is('on'), is('dim')).within('10s', 'a test');
    for (const event of ['hall:on', 'hall:dim']) play(timeline, event);
    await met;
  });
  const judged = judgeOne(recording);
  expect([judged.recorded?.phase, agrees(judged), wentWell(judged)]).toEqual(['met', true, true]);
  expect(judged.now?.steps.map(({ label, reached }) => [label, reached?.resourceVersion])).toEqual([
    ['on', '4'],
    ['dim', '5'],
  ]);
  const without = (version: string) =>
    judgeOne({
      ...recording,
      lines: recording.lines.filter(
        (line) => !('object' in line) || line.object.metadata.resourceVersion !== version,
      ),
    });
  for (const [version, state] of [
    ['4', 'broken'],
    ['5', 'timed-out'],
  ] as const) {
    const other = without(version);
    expect([other.recorded?.phase, other.now?.state, agrees(other)]).toEqual(['met', state, false]);
  }
});

test('what was broken is broken again, and told whole', async () => {
  const recording = await historyOf(async (timeline) => {
    for (const event of ['hall:off', 'porch:on']) play(timeline, event);
    const broken = hall(timeline)
      .goes(is('on'))
      .withoutEver(is('red'))
      .while({ name: 'porch', is: is('on') })
      .within('10s', 'a test');
    play(timeline, 'hall:red');
    await broken;
  });
  const judged = judgeOne(recording);
  expect([judged.recorded?.phase, judged.now?.state, wentWell(judged)]).toEqual(['broken', 'broken', false]);
  expect(judged.now?.text).toContain('the hall lamp was red while porch was on');
  expect(judged.now?.text).toContain('History of the hall lamp (hall) in lamps:');
});

test.each<[string, (timeline: ReplayedTimeline<Lamp>) => Promise<unknown>, object]>([
  [
    'ran out of time does so again, though the state comes later',
    async (timeline) => {
      await hall(timeline)
        .goes(is('on'))
        .within('20ms', 'the test')
        .catch(() => {});
      play(timeline, 'hall:on');
    },
    {
      state: 'timed-out',
      reason: 'timed out after 20 ms (the test): on was not reached; the hall lamp is still off',
    },
  ],
  [
    'was cut off when it ran out is not provable',
    (timeline) => {
      timeline.connected(false);
      return hall(timeline).goes(is('on')).within('20ms', 'the test');
    },
    { state: 'not-provable' },
  ],
  [
    'was decided by a watch that ended for good is so again',
    (timeline) => {
      const lost = hall(timeline).goes(is('on')).within('10s', 'the test');
      timeline.fail(new Error('403 Forbidden'));
      return lost;
    },
    { state: 'not-provable', reason: 'the watch of lamps cannot go on: 403 Forbidden' },
  ],
])('what %s', async (_, work, now) => {
  const recording = await historyOf((timeline) => {
    play(timeline, 'hall:off');
    return work(timeline);
  });
  const judged = judgeOne(recording);
  expect(judged.now).toMatchObject(now);
  expect([judged.recorded?.phase, agrees(judged)]).toEqual([judged.now?.state, true]);
});

test('one that was to run out is as it was meant to be', async () => {
  const recording = await historyOf(async (timeline) => {
    play(timeline, 'hall:off');
    await hall(timeline).startingAs(is('off')).goes(is('on')).undecidedFor('20ms', 'the test');
  });
  expect(wentWell(judgeOne(recording))).toBe(true);
});

test('what cannot be judged again is told of: a simple wait, a step without a name, a state that nobody knows', async () => {
  const recording = await historyOf(async (timeline) => {
    const isOn = ({ status }: Lamp): boolean => status.state === 'on';
    const label = 'the hall is lit';
    const found = once(timeline, isOn, { label, name: 'hall', within: '10s', owner: 'a test' });
    play(timeline, 'hall:on');
    await found;
    await expectHistory(timeline, { name: 'hall', label: 'hall', describe: () => '' })
      .goes({ label: 'lit', matches: isOn })
      .within('10s', 'a test');
    await hall(timeline).goes(is('on')).within('10s', 'a test');
  });
  const judged = judgeAgain(recording, { ...code, makeStep: () => undefined });
  expect(judged.map(({ recorded: then, now, why }) => [then?.phase, now, why])).toEqual([
    ['met', undefined, 'a simple wait'],
    ['met', undefined, expect.any(String)],
    ['met', undefined, 'this version does not know one of its states'],
  ]);
});

test('one that was not decided when the history ends agrees with nothing', async () => {
  const recording = await historyOf((timeline) => {
    play(timeline, 'hall:off');
    hall(timeline)
      .goes(is('on'))
      .within('50ms', 'a test')
      .catch(() => {});
  });
  const judged = judgeOne(recording);
  expect([judged.recorded, judged.now?.state, agrees(judged)]).toEqual([undefined, 'timed-out', undefined]);
});
