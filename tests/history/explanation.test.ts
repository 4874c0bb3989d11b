import { expect, test } from 'vitest';
import { evaluate, explainVerdict } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, lamp, pushEvent, timelineOf } from './lamps.ts';

const attic = { name: 'attic', label: 'the attic lamp', is: is('hot') };

/** What is said of the hall lamp, judged from behind its first three states on, beside the attic's. */
const explain = (...events: string[]): string => {
  const timeline = timelineOf('attic:cold', 'hall:new', 'hall:new');
  const start = timeline.lastSequence();
  for (const event of events) pushEvent(timeline, event);
  const expected = hall(timeline).goes(is('off'), is('on'), is('done')).withoutEver(is('on')).while(attic);
  return explainVerdict(evaluate(expected.from(start)));
};

test('what was so while it must not be, by the histories of both, with what was before', () => {
  const text = explain('attic:hot', 'hall:off', 'hall:off', 'hall:on');
  expect(text.split('\n\nLast object:')[0]).toMatchInlineSnapshot(`
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
  const text = explain('hall:off', 'gap', 'hall:on', 'hall:done');
  const gap = '  +1.000 s     gap       nothing is known since +0.000 s: compacted\n';
  const steps = '  ? on\n  · done\n  ✓ never on while the attic lamp (attic) is hot\n';
  for (const part of ['before on: compacted\n\nNot provable at +2.000 s', steps, gap])
    expect(text).toContain(part);
});

test('the last object, and what troubles the watch; or that it never was', () => {
  const timeline = timelineOf('hall:off', 'hall:blue');
  timeline.fail(new Error('403 Forbidden'));
  expect(evaluate(hall(timeline).goes(is('off'), is('on'))).details).toMatch(
    /\n\nLast object:\n {2}kind: Lamp\n {2}metadata:\n[\s\S]*\n {4}state: blue\n\nThe watch of lamps cannot go on: 403 Forbidden$/,
  );
  const { details } = evaluate(hall(timelineOf('attic:on')).goes(is('on')));
  expect(details).toMatch(/\n {2}✗ on\n\nHistory of the hall lamp \(hall\) in lamps:\n {2}never seen$/);
});

test('what is long is cut: states, histories, objects', () => {
  const timeline = timelineOf(...Array.from({ length: 100 }, (_, index) => `hall:state${index}`));
  const lines = Array.from({ length: 100 }, (_, index) => index);
  const long: Lamp = { ...lamp('hall', 'x'.repeat(3000), 101), lines };
  timeline.push({ kind: 'modified', at: 101_000, object: long });
  const { details } = evaluate(hall(timeline).goes(is('on')));
  for (const part of [`${'x'.repeat(240)}... (3000 characters)`, '... 61 more', 'more lines'])
    expect(details).toContain(part);
  expect(details.split('\n').length).toBeLessThan(120);
  expect(Math.max(...details.split('\n').map((line) => line.length))).toBeLessThan(300);
});
