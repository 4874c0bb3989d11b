import { describe, expect, test } from 'vitest';
import { expectHistory, once } from '../../../e2e/history/expectation.ts';
import { whileObserved } from '../../../e2e/history/observer.ts';
import type { RecordedLine, Recording } from '../../../e2e/history/recording.ts';
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

const withoutLine = (
  { header, lines }: Recording,
  isLeftOut: (line: RecordedLine) => boolean,
): Recording => ({
  header,
  lines: lines.filter((line) => !isLeftOut(line)),
});

const shows = (state: string) => (line: RecordedLine) =>
  'object' in line && (line.object as Lamp).status.state === state;

const judgeOne = (recording: Recording) => {
  const [judged] = judgeAgain(recording, code);
  if (judged === undefined) throw new Error('nothing was expected');
  return judged;
};

test('what was met is met again, with the same steps at the same times', async () => {
  const recording = await historyOf(async (timeline) => {
    // Before the mark, where it counts no more.
    for (const event of ['hall:on', 'hall:red', 'hall:off']) play(timeline, event);
    const met = hall(timeline).from(timeline.mark()).goes(is('on'), is('dim')).within('10s', 'a test');
    for (const event of ['hall:on', 'hall:dim']) play(timeline, event);
    await met;
  });
  const judged = judgeOne(recording);
  expect([judged.recorded?.phase, judged.now?.state, agrees(judged), wentWell(judged)]).toEqual([
    'met',
    'met',
    true,
    true,
  ]);
  expect(judged.now?.steps.map(({ label, reached }) => [label, reached?.resourceVersion])).toEqual([
    ['on', '4'],
    ['dim', '5'],
  ]);
});

test('with an event left out, the judgement differs', async () => {
  const recording = await historyOf(async (timeline) => {
    play(timeline, 'hall:off');
    const met = hall(timeline).goes(is('on'), is('dim')).within('10s', 'a test');
    for (const event of ['hall:on', 'hall:dim']) play(timeline, event);
    await met;
  });
  for (const state of ['on', 'dim']) {
    const judged = judgeOne(withoutLine(recording, shows(state)));
    expect([judged.recorded?.phase, agrees(judged)]).toEqual(['met', false]);
  }
  expect(judgeOne(withoutLine(recording, shows('on'))).now?.state).toBe('broken');
  expect(judgeOne(withoutLine(recording, shows('dim'))).now?.state).toBe('timed-out');
});

test('what was broken is broken again, and told whole', async () => {
  const recording = await historyOf(async (timeline) => {
    play(timeline, 'hall:off');
    play(timeline, 'porch:on');
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

describe('time', () => {
  test('what ran out of time does so again, though the state comes later', async () => {
    const recording = await historyOf(async (timeline) => {
      play(timeline, 'hall:off');
      await hall(timeline)
        .goes(is('on'))
        .within('20ms', 'the test')
        .catch(() => {});
      play(timeline, 'hall:on');
    });
    const judged = judgeOne(recording);
    expect([judged.recorded?.phase, judged.now?.state, agrees(judged)]).toEqual([
      'timed-out',
      'timed-out',
      true,
    ]);
    expect(judged.now?.reason).toBe(
      'timed out after 20 ms (the test): on was not reached; the hall lamp is still off',
    );
  });

  test('one that was to run out is as it was meant to be', async () => {
    const recording = await historyOf(async (timeline) => {
      play(timeline, 'hall:off');
      await hall(timeline).startingAs(is('off')).goes(is('on')).undecidedFor('20ms', 'the test');
    });
    expect(wentWell(judgeOne(recording))).toBe(true);
  });

  test('one that is cut off when it runs out is not provable, then and now', async () => {
    const recording = await historyOf(async (timeline) => {
      timeline.connected(false);
      await hall(timeline).goes(is('on')).within('20ms', 'the test');
    });
    const judged = judgeOne(recording);
    expect([judged.recorded?.phase, judged.now?.state]).toEqual(['not-provable', 'not-provable']);
  });

  test('a watch that ends for good decides, then and now', async () => {
    const recording = await historyOf(async (timeline) => {
      const lost = hall(timeline).goes(is('on')).within('10s', 'the test');
      timeline.fail(new Error('403 Forbidden'));
      await lost;
    });
    const judged = judgeOne(recording);
    expect([judged.recorded?.phase, judged.now?.state]).toEqual(['not-provable', 'not-provable']);
    expect(judged.now?.reason).toBe('the watch of lamps cannot go on: 403 Forbidden');
  });
});

describe('what cannot be judged again', () => {
  test('a simple wait is told of', async () => {
    const recording = await historyOf(async (timeline) => {
      const found = once(timeline, ({ status }) => status.state === 'on', {
        label: 'the hall is lit',
        name: 'hall',
        within: '10s',
        owner: 'a test',
      });
      play(timeline, 'hall:on');
      await found;
    });
    const judged = judgeOne(recording);
    expect([judged.recorded?.phase, judged.now, judged.why]).toEqual(['met', undefined, 'a simple wait']);
  });

  test('nor a step without a name', async () => {
    const recording = await historyOf(async (timeline) => {
      play(timeline, 'hall:on');
      await expectHistory(timeline, { name: 'hall', label: 'hall', describe: () => '' })
        .goes({ label: 'lit', matches: ({ status }) => status.state === 'on' })
        .within('10s', 'a test');
    });
    expect(judgeOne(recording)).toMatchObject({ recorded: { phase: 'met' }, now: undefined });
  });

  test('nor a state that this version does not know', async () => {
    const recording = await historyOf(async (timeline) => {
      play(timeline, 'hall:on');
      await hall(timeline).goes(is('on')).within('10s', 'a test');
    });
    const [judged] = judgeAgain(recording, { ...code, makeStep: () => undefined });
    expect(judged?.why).toBe('this version does not know one of its states');
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
});
