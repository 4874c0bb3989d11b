import { expect, test } from 'vitest';
import { type Expectation, evaluate, gone } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, play, played } from './lamps.ts';

const [off, dim, on] = [is('off'), is('dim'), is('on')];

type Rule = (lamp: ReturnType<typeof hall>) => Expectation<Lamp>;
const inOrder: Rule = (lamp) => lamp.goes(off, dim, on);
const switched: Rule = (lamp) => lamp.goes(off, on);
const dimmed: Rule = (lamp) => lamp.goes(off, on).allowing(dim);
const started: Rule = (lamp) => lamp.startingAs(is('new')).goes(off);

const all = 'the hall lamp went off, dim, on';
const made = 'another object: hall was made again (uid uid-of-hall, now another-uid)';
const ended = 'the recording ended: dim was not reached; the hall lamp is still off';
const neverSeen = 'the recording ended: off was not reached; the hall lamp was never seen';
const lost = (next: string) => `the watch lost what happened to the hall lamp before ${next}: compacted`;
const open =
  'the recording ended, and the watch lost a stretch of the hall lamp (compacted): on was not reached; the hall lamp is still off';

// That verdicts are true whatever comes and is lost, schedules.test.ts judges.
test.each<[Rule, events: string, state: string, reason: string]>([
  [inOrder, 'attic:on hall:broken hall:off hall:off attic:gone hall:dim hall:on', 'met', all],
  [inOrder, 'hall:on hall:on hall:off hall:dim hall:on', 'met', all],
  [inOrder, 'hall:off hall:on', 'broken', 'goes dim after off\nGot:      on'],
  [inOrder, 'hall:off hall:dim hall:off hall:on', 'broken', 'goes on after dim\nGot:      off'],
  [inOrder, 'hall:blue hall:on', 'broken', 'goes off before on\nGot:      on; until then it was blue'],
  [inOrder, 'hall:off hall:gone', 'broken', 'goes dim\nGot:      it was deleted; until then it was off'],
  [inOrder, 'hall:off hall!dim', 'broken', `goes dim\nGot:      ${made}`],
  [inOrder, 'hall:off', 'timed-out', ended],
  [inOrder, 'attic:on', 'timed-out', neverSeen],
  [(lamp) => lamp.goes(on, gone), 'hall:off hall:on hall:gone', 'met', 'the hall lamp went on, gone'],
  [dimmed, 'hall:off hall:dim hall:off hall:on', 'met', 'the hall lamp went off, on'],
  [dimmed, 'hall:off hall:dim hall:blue', 'broken', 'goes on after off\nGot:      blue'],
  [started, 'hall:new hall:off', 'met', 'the hall lamp went off'],
  [started, 'hall:new hall:dim hall:off', 'broken', 'goes off, and is only new before\nGot:      dim'],
  [switched, 'hall:off gap hall:on', 'not-provable', lost('on')],
  [switched, 'gap hall~off hall:on', 'not-provable', lost('off')],
  [switched, 'hall:off gap', 'not-provable', open],
  // Another one of its name may have come and gone.
  [switched, 'gap attic~on hall:off hall:on', 'not-provable', lost('off')],
  [switched, 'hall:off gap hall=off hall:on', 'met', 'the hall lamp went off, on'],
  [switched, 'hall:off hall:on gap', 'met', 'the hall lamp went off, on'],
])('%s of %s is %s', (rule, events, state, reason) => {
  const verdict = evaluate(rule(hall(played(...events.split(' ')))));
  expect([verdict.state, verdict.reason.replace('Expected: the hall lamp ', '')]).toEqual([state, reason]);
});

const judgedFrom = (
  timeline: ReturnType<typeof played>,
  mark: number | undefined,
  ...[first, ...rest]: [typeof off, ...(typeof off)[]]
) => {
  const expected = hall(timeline).goes(first, ...rest);
  return evaluate(expected.from(mark ?? 0)).state;
};

test('what was before a mark does not count, but the state in force does; an object that was gone by then is not its past', () => {
  const timeline = played('hall:on', 'hall:off', 'hall:dim', 'hall:on', 'hall:gone');
  const [, second] = timeline.entries;
  const marks = [0, second?.sequence, (second?.sequence ?? 0) + 1];
  expect(marks.map((mark) => judgedFrom(timeline, mark, off, dim))).toEqual(['met', 'met', 'broken']);
  const again = played('hall:off', 'hall:gone', 'hall:off', 'hall:on');
  expect(judgedFrom(again, again.entries[1]?.sequence, off, on)).toBe('met');
});

test('a gap that is open at the mark belongs to it, one that a listing had ended by then does not, even one of nothing', () => {
  const timeline = played('hall:off', 'gap', 'hall~dim', 'hall:on');
  const gap = timeline.entries[1]?.sequence ?? 0;
  expect([gap, gap + 1].map((mark) => judgedFrom(timeline, mark, dim, on))).toEqual(['not-provable', 'met']);
  const empty = played('hall:off', 'hall:gone', 'gap');
  empty.listing();
  const mark = empty.mark();
  for (const event of ['hall:off', 'hall:on']) play(empty, event);
  expect(judgedFrom(empty, mark, off, on)).toBe('met');
});

test('what came in the wrong order is not provable from where the disorder began', () => {
  const timeline = played('hall:dim', 'hall:off', 'hall:on');
  const [first, second] = timeline.entries;
  timeline.push({ kind: 'gap', at: 4000, since: 1000, from: second?.sequence ?? 0, reason: 'disorder' });
  play(timeline, 'hall=on');
  expect(judgedFrom(timeline, 0, dim)).toBe('met');
  expect(judgedFrom(timeline, 0, dim, off, on)).toBe('not-provable');
  expect(judgedFrom(timeline, first?.sequence, off, on)).toBe('not-provable');
});
