import { describe, expect, test } from 'vitest';
import { type Expectation, evaluate, gone } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, play, played } from './lamps.ts';

const off = is('off');
const dim = is('dim');
const on = is('on');

type Row = [events: string, reason: string];
const judged = (state: string, expected: (hall: Expectation<Lamp>) => Expectation<Lamp>, rows: Row[]) =>
  test.each(rows)('%s', (events, reason) => {
    const verdict = evaluate(expected(hall(played(...events.split(' ')))));
    expect([verdict.state, verdict.reason]).toEqual([state, reason]);
  });

describe('steps in their order are met', () => {
  const reason = 'the hall lamp went off, dim, on';
  judged('met', (lamp) => lamp.goes(off, dim, on), [
    ['hall:off hall:dim hall:on', reason],
    ['hall:off hall:off hall:dim hall:dim hall:on', reason],
    ['hall:broken hall:blue hall:off hall:dim hall:on', reason],
    ['attic:on hall:off attic:gone hall:dim hall:on', reason],
    ['hall:off hall:dim hall:on hall:gone', reason],
    ['hall:on hall:off hall:dim hall:on', reason],
    ['hall:on hall:on hall:off hall:dim hall:on', reason],
  ]);
});

describe('the end is a step', () => {
  judged('met', (lamp) => lamp.goes(on, gone), [
    ['hall:off hall:on hall:gone', 'the hall lamp went on, gone'],
  ]);
});

describe('another order is broken at the first entry that shows it', () => {
  judged('broken', (lamp) => lamp.goes(off, dim, on), [
    ['hall:off hall:on', 'Expected: the hall lamp goes dim after off\nGot:      on'],
    ['hall:off hall:dim hall:off hall:on', 'Expected: the hall lamp goes on after dim\nGot:      off'],
    [
      'hall:broken hall:dim',
      'Expected: the hall lamp goes off before dim\nGot:      dim; until then it was broken',
    ],
    ['hall:blue hall:on', 'Expected: the hall lamp goes off before on\nGot:      on; until then it was blue'],
    [
      'hall:off hall:gone',
      'Expected: the hall lamp goes dim\nGot:      it was deleted; until then it was off',
    ],
    ['hall:gone', 'Expected: the hall lamp goes off\nGot:      it was deleted'],
    [
      'hall:off hall!dim',
      'Expected: the hall lamp goes dim\nGot:      another object: hall was made again (uid uid-of-hall, now another-uid)',
    ],
  ]);
});

describe('what is not reached by the end has timed out', () => {
  judged('timed-out', (lamp) => lamp.goes(off, dim), [
    ['hall:off', 'the recording ended: dim was not reached; the hall lamp is still off'],
    ['attic:on', 'the recording ended: off was not reached; the hall lamp was never seen'],
  ]);
});

describe('allowed states may come between', () => {
  const expected = (lamp: Expectation<Lamp>) => lamp.goes(off, on).allowing(dim);
  judged('met', expected, [
    ['hall:off hall:dim hall:on', 'the hall lamp went off, on'],
    ['hall:off hall:dim hall:off hall:on', 'the hall lamp went off, on'],
  ]);
  judged('broken', expected, [
    ['hall:off hall:dim hall:blue', 'Expected: the hall lamp goes on after off\nGot:      blue'],
  ]);
});

describe('the start can be narrowed', () => {
  const expected = (lamp: Expectation<Lamp>) => lamp.startingAs(is('new')).goes(off);
  judged('met', expected, [
    ['hall:new hall:off', 'the hall lamp went off'],
    ['hall:off', 'the hall lamp went off'],
  ]);
  judged('broken', expected, [
    ['hall:new hall:dim hall:off', 'Expected: the hall lamp goes off, and is only new before\nGot:      dim'],
  ]);
});

describe('a gap', () => {
  const expected = (lamp: Expectation<Lamp>) => lamp.goes(off, on);
  const lost = (next: string) => `the watch lost what happened to the hall lamp before ${next}: compacted`;
  describe('in which the object may have changed is not provable', () => {
    judged('not-provable', expected, [
      ['hall:off gap hall:on', lost('on')],
      ['hall:off gap hall~on', lost('on')],
      ['gap hall~off hall:on', lost('off')],
      ['hall:off gap hall:gone', lost('on')],
      [
        'hall:off gap',
        'the recording ended, and the watch lost a stretch of the hall lamp (compacted): on was not reached; the hall lamp is still off',
      ],
      [
        'gap attic:off',
        'the recording ended, and the watch lost a stretch of the hall lamp (compacted): off was not reached; the hall lamp was never seen',
      ],
    ]);
  });
  describe('behind which the object is found as it was has lost nothing', () => {
    judged('met', expected, [['hall:off gap hall=off hall:on', 'the hall lamp went off, on']]);
  });
  describe('before the object was made may hide another one of its name, that came and went', () => {
    judged('not-provable', expected, [['gap attic~on hall:off hall:on', lost('off')]]);
  });
  describe('after the decision does not matter', () => {
    judged('met', expected, [['hall:off hall:on gap', 'the hall lamp went off, on']]);
    judged('broken', expected, [
      ['hall:off hall:blue gap', 'Expected: the hall lamp goes on after off\nGot:      blue'],
    ]);
  });
});

describe('from a mark on', () => {
  const judgedFrom = (
    timeline: ReturnType<typeof played>,
    mark = 0,
    ...[first, ...rest]: [typeof off, ...(typeof off)[]]
  ) =>
    evaluate(
      hall(timeline)
        .goes(first, ...rest)
        .from(mark),
    ).state;

  test('what was before does not count, but the state in force does', () => {
    const timeline = played('hall:on', 'hall:off', 'hall:dim', 'hall:on', 'hall:gone');
    const [, second] = timeline.entries;
    const verdicts = [0, second?.sequence, (second?.sequence ?? 0) + 1].map((mark) =>
      judgedFrom(timeline, mark, off, dim),
    );
    expect(verdicts).toEqual(['met', 'met', 'broken']);
  });

  test('an object that was gone by then is not its past', () => {
    const timeline = played('hall:off', 'hall:gone', 'hall:off', 'hall:on');
    const [, end] = timeline.entries;
    expect(judgedFrom(timeline, end?.sequence, off, on)).toBe('met');
  });

  test('a gap that is open at the mark belongs to it', () => {
    const timeline = played('hall:off', 'gap', 'hall~dim', 'hall:on');
    const [, gap] = timeline.entries;
    expect(judgedFrom(timeline, gap?.sequence, dim, on)).toBe('not-provable');
    expect(judgedFrom(timeline, (gap?.sequence ?? 0) + 1, dim, on)).toBe('met');
  });

  test('a gap that a listing had ended by then does not, even one of nothing', () => {
    const timeline = played('hall:off', 'hall:gone', 'gap');
    timeline.listing();
    const mark = timeline.mark();
    for (const event of ['hall:off', 'hall:on']) play(timeline, event);
    expect(evaluate(hall(timeline).goes(off, on).from(mark)).state).toBe('met');
  });

  test('what came in the wrong order is not provable from where the disorder began', () => {
    const timeline = played('hall:dim', 'hall:off', 'hall:on');
    const [first, second] = timeline.entries;
    timeline.push({ kind: 'gap', at: 4000, since: 1000, from: second?.sequence ?? 0, reason: 'disorder' });
    play(timeline, 'hall=on');
    expect(evaluate(hall(timeline).goes(dim)).state).toBe('met');
    expect(evaluate(hall(timeline).goes(dim, off, on)).state).toBe('not-provable');
    expect(judgedFrom(timeline, first?.sequence, off, on)).toBe('not-provable');
  });
});
