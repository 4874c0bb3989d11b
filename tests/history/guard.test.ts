import { describe, expect, test } from 'vitest';
import { evaluate } from '../../e2e/history/expectation.ts';
import { hall, is, pushEvent, timelineOf } from './lamps.ts';

const on = is('on');
const attic = { name: 'attic', label: 'the attic lamp', is: is('hot') };

const broken = ['broken', 'the hall lamp was on while the attic lamp was hot'];
const met = ['met', 'the hall lamp went off, on, done'];
const blind = 'the watch lost whether the hall lamp was on while the attic lamp was hot: compacted';
const unsure = ['not-provable', blind];
const missed = ['not-provable', 'the watch lost what happened to the hall lamp before done: compacted'];
const open = 'done was not reached; the hall lamp is still on';
const openUnsure = ['not-provable', `the recording ended, and ${blind}: ${open}`];
const timedOut = ['timed-out', `the recording ended: ${open}`];

// That verdicts are true whatever comes and is lost, schedules.test.ts judges.
test.each([
  ['the object enters it', 'attic:hot hall:off hall:on attic:cold hall:done', broken],
  ['the other enters its own', 'hall:off attic:cold hall:on attic:hot attic:cold hall:done', broken],
  ['both are seen so right behind the gap', 'attic:cold hall:off hall:on gap hall=on attic~hot', broken],
  ['the other goes', 'attic:hot hall:off attic:gone hall:on hall:done', met],
  ['it comes after the last step', 'hall:off hall:on hall:done attic:hot hall:on', met],
  ['the other may have changed', 'attic:cold hall:off hall:on gap hall=on attic~cold hall:done', unsure],
  ['the other, unseen, may have come and gone', 'hall:off hall:on gap hall=on hall:done', unsure],
  ['it left it in the gap', 'attic:cold hall:off hall:on gap attic~hot hall~off hall:done', missed],
  ['the time is over behind it', 'hall:off hall:on gap hall=on', openUnsure],
  ['the gap did not matter', 'hall:off gap hall=off hall:on', timedOut],
])('what must never be while another object is in a state: %s: %s', (_, events, verdict) => {
  const expected = hall(timelineOf(...events.split(' '))).goes(is('off'), on, is('done'));
  const { state, reason } = evaluate(expected.withoutEver(on).while(attic));
  expect([state, reason]).toEqual(verdict);
});

describe('two timelines', () => {
  /** Each lamp's events in a timeline of its own; `attic-gap` is a gap of that. */
  const across = (events: string) => {
    const lamps = { hall: timelineOf(), attic: timelineOf() };
    for (const event of events.split(' '))
      pushEvent(event.startsWith('hall') ? lamps.hall : lamps.attic, event === 'attic-gap' ? 'gap' : event);
    const expected = hall(lamps.hall).goes(is('off'), on, is('done')).withoutEver(on);
    return evaluate(expected.while({ ...attic, timeline: lamps.attic }));
  };

  test('have the order of their arrival, and the other object is described by what is asked of it', () => {
    expect(across('attic:hot hall:off attic:cold hall:on hall:done').state).toBe('met');
    const { state, details } = across('attic:cold attic:hot hall:off hall:on attic:cold hall:done');
    expect(state).toBe('broken');
    expect(details).toMatch(/added +not hot\n.*modified +hot\n/);
  });

  test('a gap in the other one is decisive while it is open, and the explanation leaves it open', () => {
    const { state, reason, details } = across('attic:cold hall:off attic-gap hall:on hall:done');
    expect([state, reason]).toEqual(unsure);
    expect(details).toContain('? never on while the attic lamp (attic) is hot');
  });
});
