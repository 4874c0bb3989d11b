import { describe, expect, test } from 'vitest';
import { evaluate } from '../../e2e/history/expectation.ts';
import { hall, is, play, played } from './lamps.ts';

const on = is('on');
const attic = { name: 'attic', label: 'the attic lamp', is: is('hot') };

const verdictOf = (...events: string[]) => {
  const { state, reason } = evaluate(
    hall(played(...events))
      .goes(is('off'), on, is('done'))
      .withoutEver(on)
      .while(attic),
  );
  return [state, reason];
};

const together = 'the hall lamp was on while the attic lamp was hot';
const blind = 'the watch lost whether the hall lamp was on while the attic lamp was hot: compacted';

const met = ['met', 'the hall lamp went off, on, done'];
const broken = ['broken', together];
const unsure = ['not-provable', blind];
const missed = ['not-provable', 'the watch lost what happened to the hall lamp before done: compacted'];
const open = 'done was not reached; the hall lamp is still on';

describe('what must never be while another object is in a state', () => {
  test.each([
    ['the object enters it', 'attic:hot hall:off hall:on attic:cold hall:done', broken],
    ['the other enters its own', 'hall:off attic:cold hall:on attic:hot attic:cold hall:done', broken],
    ['both were in it from the start', 'attic:hot hall:on hall:done', broken],
    ['the entry is the one that would meet the steps', 'hall:off hall:on attic:hot hall:done', broken],
    ['both were in it in the first listing, whichever it names first', 'hall=on attic=hot hall:done', broken],
    ['both are seen so right behind the gap', 'attic:cold hall:off hall:on gap hall=on attic~hot', broken],
    ['the other was in it before', 'attic:hot hall:off attic:cold hall:on hall:done', met],
    ['the other goes', 'attic:hot hall:off attic:gone hall:on hall:done', met],
    ['the other is never seen', 'hall:off hall:on hall:done', met],
    ['it is another object altogether', 'cellar:hot hall:off hall:on hall:done', met],
    ['it comes after the last step', 'hall:off hall:on hall:done attic:hot hall:on', met],
    [
      'the gap changed neither',
      'attic:hot hall:off gap attic=hot hall=off attic:cold hall:on hall:done',
      met,
    ],
    [
      'the object was elsewhere through the gap',
      'attic:hot hall:off gap hall=off attic~cold hall:on hall:done',
      met,
    ],
    ['so it was, and the other is not seen', 'hall:off gap hall=off hall:on hall:done', met],
    ['so it was, and the other is made behind it', 'hall:off gap hall=off attic:cold hall:on hall:done', met],
    [
      'the other may have changed in the gap',
      'attic:cold hall:off hall:on gap hall=on attic~cold hall:done',
      unsure,
    ],
    [
      'the listing is the other way round',
      'attic:cold hall:off hall:on gap attic~cold hall=on hall:done',
      unsure,
    ],
    ['the other, unseen, may have come and gone', 'hall:off hall:on gap hall=on hall:done', unsure],
    ['it may have, and is made behind it', 'hall:off hall:on gap hall=on attic:cold hall:done', unsure],
    ['that was so in the second gap', 'hall:off gap hall=off hall:on gap hall=on hall:done', unsure],
    ['it left the state in the gap', 'attic:cold hall:off hall:on gap attic~hot hall~off hall:done', missed],
    ['it may have ended in the gap', 'attic:cold hall:off hall:on gap attic~hot hall~on hall:done', missed],
    [
      'the time is over behind it',
      'hall:off hall:on gap hall=on',
      ['not-provable', `the recording ended, and ${blind}: ${open}`],
    ],
    [
      'the gap did not matter',
      'hall:off gap hall=off hall:on',
      ['timed-out', `the recording ended: ${open}`],
    ],
  ])('%s: %s', (_, events, verdict) => {
    expect(verdictOf(...events.split(' '))).toEqual(verdict);
  });
});

test('a state before the gap is over', () => {
  const events = 'attic:cold hall:off hall:on hall:off gap hall=off attic~hot hall:done';
  const timeline = played(...events.split(' '));
  const expected = hall(timeline).goes(is('off'), is('done')).allowing(on).withoutEver(on).while(attic);
  expect(evaluate(expected).state).toBe('met');
});

test('what the other object was at the mark counts', () => {
  const timeline = played('attic:hot');
  const mark = timeline.mark();
  for (const event of ['hall:off', 'hall:on', 'hall:done']) play(timeline, event);
  const expected = hall(timeline).goes(is('off'), on, is('done')).withoutEver(on).while(attic);
  expect(evaluate(expected.from(mark)).reason).toBe(together);
});

describe('two timelines', () => {
  /** Each lamp's events in a timeline of its own; `attic-gap` is a gap of that. */
  const across = (events: string) => {
    const lamps = { hall: played(), attic: played() };
    for (const event of events.split(' '))
      play(event.startsWith('hall') ? lamps.hall : lamps.attic, event === 'attic-gap' ? 'gap' : event);
    const expected = hall(lamps.hall)
      .goes(is('off'), on, is('done'))
      .withoutEver(on)
      .while({ ...attic, timeline: lamps.attic });
    return evaluate(expected);
  };

  test('have the order of their arrival', () => {
    const early = across('attic:hot hall:off attic:cold hall:on hall:done');
    expect(early.state).toBe('met');
    const late = across('attic:hot hall:off hall:on attic:cold hall:done');
    expect([late.state, late.reason]).toEqual(['broken', together]);
  });

  test('a gap in the other one is decisive while it is open, and the explanation leaves it open', () => {
    const verdict = across('attic:cold hall:off attic-gap hall:on hall:done');
    expect([verdict.state, verdict.reason]).toEqual(['not-provable', blind]);
    expect(verdict.text).toContain('? never on while the attic lamp (attic) is hot');
  });

  test('the other object is described by what is asked of it', () => {
    const { text } = across('attic:cold attic:hot hall:off hall:on');
    expect(text).toMatch(/added +not hot\n.*modified +hot\n/);
  });
});
