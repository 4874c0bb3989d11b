import { expect, test } from 'vitest';
import { evaluate } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, lamp, play, played } from './lamps.ts';

const attic = { name: 'attic', label: 'the attic lamp', is: is('hot') };

/** What is told of the hall lamp, judged from behind its first three states on, beside the attic's. */
const told = (...events: string[]): string => {
  const timeline = played('attic:cold', 'hall:new', 'hall:new');
  const mark = timeline.mark();
  for (const event of events) play(timeline, event);
  const expected = hall(timeline).goes(is('off'), is('on'), is('done')).withoutEver(is('on')).while(attic);
  return evaluate(expected.from(mark)).text.split('\n\nLast object:')[0] ?? '';
};

test('what was so while it must not be, by the histories of both, with what was before', () => {
  expect(told('attic:hot', 'hall:off', 'hall:off', 'hall:on')).toMatchInlineSnapshot(`
    "the hall lamp was on while the attic lamp was hot

    Broken at +3.000 s; times count from 1970-01-01T00:00:04.000Z.

    Expected of the hall lamp (hall):
      ✓ off, at +1.000 s (resourceVersion 5)
      ✗ on
      · done
      ✗ never on while the attic lamp (attic) is hot

    History of the hall lamp (hall) in lamps:
      -1.000 s  3  modified  new
      +1.000 s  5  modified  off (2 times)
      +3.000 s  7  modified  on

    History of the attic lamp (attic) in lamps:
      -3.000 s  1  added     cold
      +0.000 s  4  modified  hot"
  `);
});

test('a stretch that is lost leaves open what it hides', () => {
  expect(told('hall:off', 'gap', 'hall:on', 'hall:done')).toMatchInlineSnapshot(`
    "the watch lost what happened to the hall lamp before on: compacted

    Not provable at +2.000 s; times count from 1970-01-01T00:00:04.000Z.

    Expected of the hall lamp (hall):
      ✓ off, at +0.000 s (resourceVersion 4)
      ? on
      · done
      ✓ never on while the attic lamp (attic) is hot

    History of the hall lamp (hall) in lamps:
      -1.000 s  3  modified  new
      +0.000 s  4  modified  off
      +1.000 s     gap       nothing is known since +0.000 s: compacted
      +2.000 s  6  modified  on

    History of the attic lamp (attic) in lamps:
      -3.000 s  1  added  cold
      +1.000 s     gap    nothing is known since +0.000 s: compacted"
  `);
});

test('a whole one, with the last object and what troubles the watch', () => {
  const timeline = played('hall:off', 'hall:on', 'hall:blue');
  timeline.fail(new Error('403 Forbidden'));
  expect(evaluate(hall(timeline).goes(is('off'), is('on'), is('off'))).text).toMatchInlineSnapshot(`
    "Expected: the hall lamp goes off after on
    Got:      blue

    Broken at +2.000 s; times count from 1970-01-01T00:00:01.000Z.

    Expected of the hall lamp (hall):
      ✓ off, at +0.000 s (resourceVersion 1)
      ✓ on, at +1.000 s (resourceVersion 2)
      ✗ off

    History of the hall lamp (hall) in lamps:
      +0.000 s  1  added     off
      +1.000 s  2  modified  on
      +2.000 s  3  modified  blue

    Last object:
      kind: Lamp
      metadata:
        name: hall
        uid: uid-of-hall
        resourceVersion: "3"
      status:
        state: blue

    The watch of lamps cannot go on: 403 Forbidden"
  `);
});

test('something that never was', () => {
  expect(evaluate(hall(played('attic:on')).goes(is('on'))).text).toMatchInlineSnapshot(`
    "the recording ended: on was not reached; the hall lamp was never seen

    Timed out at +0.000 s; times count from 1970-01-01T00:00:01.000Z.

    Expected of the hall lamp (hall):
      ✗ on

    History of the hall lamp (hall) in lamps:
      never seen"
  `);
});

test('what is long is cut: states, histories, objects', () => {
  const timeline = played(...Array.from({ length: 100 }, (_, index) => `hall:state${index}`));
  const long: Lamp = {
    ...lamp('hall', 'x'.repeat(3000), 101),
    lines: Array.from({ length: 100 }, (_, index) => index),
  };
  timeline.push({ kind: 'modified', at: 101_000, object: long });
  const { text } = evaluate(hall(timeline).goes(is('on')));
  for (const part of [`${'x'.repeat(240)}... (3000 characters)`, '... 61 more', 'more lines'])
    expect(text).toContain(part);
  expect(text.split('\n').length).toBeLessThan(120);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(300);
});
