import { describe, expect, test } from 'vitest';
import { type Expectation, evaluate, gone } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, play, played } from './lamps.ts';

const off = is('off');
const dim = is('dim');
const on = is('on');

type Row = [events: string, state: string, reason: string];
const judged = (rule: string, expected: (hall: Expectation<Lamp>) => Expectation<Lamp>, rows: Row[]) =>
  describe(rule, () =>
    test.each(rows)('%s is %s', (events, state, reason) => {
      const verdict = evaluate(expected(hall(played(...events.split(' ')))));
      expect([verdict.state, verdict.reason.replace('Expected: the hall lamp ', '')]).toEqual([
        state,
        reason,
      ]);
    }),
  );

const all = 'the hall lamp went off, dim, on';
const made = 'another object: hall was made again (uid uid-of-hall, now another-uid)';
judged(
  'steps come in their order, or it shows at the first entry that has another',
  (lamp) => lamp.goes(off, dim, on),
  [
    ['hall:off hall:off hall:dim hall:dim hall:on', 'met', all],
    ['hall:broken hall:blue hall:off hall:dim hall:on', 'met', all],
    ['attic:on hall:off attic:gone hall:dim hall:on', 'met', all],
    ['hall:off hall:dim hall:on hall:gone', 'met', all],
    ['hall:on hall:on hall:off hall:dim hall:on', 'met', all],
    ['hall:off hall:on', 'broken', 'goes dim after off\nGot:      on'],
    ['hall:off hall:dim hall:off hall:on', 'broken', 'goes on after dim\nGot:      off'],
    ['hall:broken hall:dim', 'broken', 'goes off before dim\nGot:      dim; until then it was broken'],
    ['hall:blue hall:on', 'broken', 'goes off before on\nGot:      on; until then it was blue'],
    ['hall:off hall:gone', 'broken', 'goes dim\nGot:      it was deleted; until then it was off'],
    ['hall:gone', 'broken', 'goes off\nGot:      it was deleted'],
    ['hall:off hall!dim', 'broken', `goes dim\nGot:      ${made}`],
  ],
);

judged('the end is a step', (lamp) => lamp.goes(on, gone), [
  ['hall:off hall:on hall:gone', 'met', 'the hall lamp went on, gone'],
]);

const ended = (step: string, is: string): string =>
  `the recording ended: ${step} was not reached; the hall lamp ${is}`;
judged('what is not reached by the end has timed out', (lamp) => lamp.goes(off, dim), [
  ['hall:off', 'timed-out', ended('dim', 'is still off')],
  ['attic:on', 'timed-out', ended('off', 'was never seen')],
]);

judged('allowed states may come between', (lamp) => lamp.goes(off, on).allowing(dim), [
  ['hall:off hall:dim hall:off hall:on', 'met', 'the hall lamp went off, on'],
  ['hall:off hall:dim hall:blue', 'broken', 'goes on after off\nGot:      blue'],
]);

judged('the start can be narrowed', (lamp) => lamp.startingAs(is('new')).goes(off), [
  ['hall:new hall:off', 'met', 'the hall lamp went off'],
  ['hall:off', 'met', 'the hall lamp went off'],
  ['hall:new hall:dim hall:off', 'broken', 'goes off, and is only new before\nGot:      dim'],
]);

const lost = (next: string) => `the watch lost what happened to the hall lamp before ${next}: compacted`;
const open = (step: string, is: string): string =>
  `the recording ended, and the watch lost a stretch of the hall lamp (compacted): ${step} was not reached; the hall lamp ${is}`;
judged(
  'a gap hides what may have changed, unless it is found as it was, or all was decided',
  (lamp) => lamp.goes(off, on),
  [
    ['hall:off gap hall:on', 'not-provable', lost('on')],
    ['hall:off gap hall~on', 'not-provable', lost('on')],
    ['gap hall~off hall:on', 'not-provable', lost('off')],
    ['hall:off gap hall:gone', 'not-provable', lost('on')],
    ['hall:off gap', 'not-provable', open('on', 'is still off')],
    ['gap attic:off', 'not-provable', open('off', 'was never seen')],
    // Another one of its name may have come and gone.
    ['gap attic~on hall:off hall:on', 'not-provable', lost('off')],
    ['hall:off gap hall=off hall:on', 'met', 'the hall lamp went off, on'],
    ['hall:off hall:on gap', 'met', 'the hall lamp went off, on'],
    ['hall:off hall:blue gap', 'broken', 'goes on after off\nGot:      blue'],
  ],
);

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
