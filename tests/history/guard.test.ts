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

describe('what must never be while another object is in a state', () => {
  test.each([
    ['the object enters it', 'attic:hot hall:off hall:on attic:cold hall:done'],
    ['the other enters its own', 'hall:off attic:cold hall:on attic:hot attic:cold hall:done'],
    ['both were in it from the start', 'attic:hot hall:on hall:done'],
    ['the entry is the one that would meet the steps', 'hall:off hall:on attic:hot hall:done'],
    ['both were in it in the first listing, whichever it names first', 'hall=on attic=hot hall:done'],
  ])('is broken at once when %s', (_, events) => {
    expect(verdictOf(...events.split(' '))).toEqual(['broken', together]);
  });

  test.each([
    ['the other was in it before', 'attic:hot hall:off attic:cold hall:on hall:done'],
    ['the other goes', 'attic:hot hall:off attic:gone hall:on hall:done'],
    ['the other is never seen', 'hall:off hall:on hall:done'],
    ['it is another object altogether', 'cellar:hot hall:off hall:on hall:done'],
    ['it comes after the last step', 'hall:off hall:on hall:done attic:hot hall:on'],
    ['the gap changed neither', 'attic:hot hall:off gap attic=hot hall=off attic:cold hall:on hall:done'],
    [
      'the object was elsewhere all through the gap',
      'attic:hot hall:off gap hall=off attic~cold hall:on hall:done',
    ],
    [
      'the other is not seen, and the object was elsewhere all through the gap',
      'hall:off gap hall=off hall:on hall:done',
    ],
    [
      'the other is made behind it, and the object was elsewhere',
      'hall:off gap hall=off attic:cold hall:on hall:done',
    ],
  ])('holds when %s', (_, events) => {
    expect(verdictOf(...events.split(' '))).toEqual(['met', 'the hall lamp went off, on, done']);
  });

  test.each([
    [
      'the other may have changed in a gap while the object was in it',
      'attic:cold hall:off hall:on gap hall=on attic~cold hall:done',
    ],
    [
      'the order of the new listing is the other way round',
      'attic:cold hall:off hall:on gap attic~cold hall=on hall:done',
    ],
    [
      'the other, that nobody saw, may have come and gone in the gap',
      'hall:off hall:on gap hall=on hall:done',
    ],
    ['the other may have, and is made behind it', 'hall:off hall:on gap hall=on attic:cold hall:done'],
    [
      'there were two gaps, and the object was in it only in the second',
      'hall:off gap hall=off hall:on gap hall=on hall:done',
    ],
  ])('is not provable when %s', (_, events) => {
    expect(verdictOf(...events.split(' '))).toEqual(['not-provable', blind]);
  });

  test('is not provable when the object left it in the gap, and may have come to its end there', () => {
    const lost = 'the watch lost what happened to the hall lamp before done: compacted';
    expect(verdictOf(...'attic:cold hall:off hall:on gap attic~hot hall~off hall:done'.split(' '))).toEqual([
      'not-provable',
      lost,
    ]);
    expect(verdictOf(...'attic:cold hall:off hall:on gap attic~hot hall~on hall:done'.split(' '))).toEqual([
      'not-provable',
      lost,
    ]);
  });

  test('is not provable when the time is over, and the other may have come and gone in the gap', () => {
    const open = 'done was not reached; the hall lamp is still on';
    expect(verdictOf('hall:off', 'hall:on', 'gap', 'hall=on')).toEqual([
      'not-provable',
      `the recording ended, and ${blind}: ${open}`,
    ]);
    expect(verdictOf('hall:off', 'gap', 'hall=off', 'hall:on')).toEqual([
      'timed-out',
      `the recording ended: ${open}`,
    ]);
  });

  test('is broken, not unprovable, when both are seen so right behind the gap', () => {
    expect(verdictOf('attic:cold', 'hall:off', 'hall:on', 'gap', 'hall=on', 'attic~hot')).toEqual([
      'broken',
      together,
    ]);
  });
});

test('a state before the gap is over', () => {
  const timeline = played(
    'attic:cold',
    'hall:off',
    'hall:on',
    'hall:off',
    'gap',
    'hall=off',
    'attic~hot',
    'hall:done',
  );
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
