import { expect, test } from 'vitest';
import { type Expectation, evaluate } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, lamp, played } from './lamps.ts';
import { type Backup, normal, recording } from './longhorn-recordings.ts';
import { endOf, gapBefore, movedBefore, of, without } from './mutations.ts';

const names = { first: 'zn-b1', second: 'zn-b2', from: 'when b1 deleted' };

/** The explanation without the object at its end, which is as the recording has it. */
const told = (expectation: Expectation<Backup> | undefined): string =>
  evaluate(expectation as Expectation<Backup>).text.split('\n\nLast object:')[0] ?? '';

test('a second backup that is not held back', async () => {
  const mutate = movedBefore(of('zn-b2', 'InProgress'), endOf('zn-b1'));
  expect(told(normal(mutate(await recording('v1.8.2/normal')), names).second)).toMatchInlineSnapshot(`
    "the second backup was InProgress while the first backup was Deleting

    Broken at +30.892 s; times count from 1970-01-01T00:00:46.291Z.

    Expected of the second backup (zn-b2):
      ✓ Pending with messages.info /^Wait for backup \\S+ to be deleted$/, at +0.196 s (resourceVersion 1372)
      ✗ InProgress
      · Completed
      ✗ never InProgress while the first backup (zn-b1) is Deleting

    History of the second backup (zn-b2) in backups:
       +0.030 s  1368  added     "" (2 times)
       +0.196 s  1372  modified  Pending (info: Wait for backup zn-b1 to be deleted)
      +30.892 s  1452  modified  InProgress (info: Wait for backup zn-b1 to be deleted)

    History of the first backup (zn-b1) in backups:
      -11.788 s  1336  modified  Completed (2 times)
       +0.015 s  1364  modified  Deleting"
  `);
});

test('a deletion that never ends', async () => {
  const mutate = without(endOf('zn-b1'), of('zn-b2', 'InProgress', 'Completed'));
  expect(told(normal(mutate(await recording('v1.8.2/normal')), names).second)).toMatchInlineSnapshot(`
    "the recording ended: InProgress was not reached; the second backup is still Pending (info: Wait for backup zn-b1 to be deleted)

    Timed out at +0.196 s; times count from 1970-01-01T00:00:46.291Z.

    Expected of the second backup (zn-b2):
      ✓ Pending with messages.info /^Wait for backup \\S+ to be deleted$/, at +0.196 s (resourceVersion 1372)
      ✗ InProgress
      · Completed
      ✓ never InProgress while the first backup (zn-b1) is Deleting

    History of the second backup (zn-b2) in backups:
      +0.030 s  1368  added     "" (2 times)
      +0.196 s  1372  modified  Pending (info: Wait for backup zn-b1 to be deleted)

    History of the first backup (zn-b1) in backups:
      -11.788 s  1336  modified  Completed (2 times)
       +0.015 s  1364  modified  Deleting"
  `);
});

test('a stretch that is lost', async () => {
  const mutate = gapBefore(of('zn-b2', 'InProgress'));
  expect(told(normal(mutate(await recording('v1.8.2/normal')), names).second)).toMatchInlineSnapshot(`
    "the watch lost what happened to the second backup before InProgress: the events were compacted away

    Not provable at +65.644 s; times count from 1970-01-01T00:00:46.291Z.

    Expected of the second backup (zn-b2):
      ✓ Pending with messages.info /^Wait for backup \\S+ to be deleted$/, at +0.196 s (resourceVersion 1372)
      ? InProgress
      · Completed
      ✓ never InProgress while the first backup (zn-b1) is Deleting

    History of the second backup (zn-b2) in backups:
       +0.030 s  1368  added     "" (2 times)
       +0.196 s  1372  modified  Pending (info: Wait for backup zn-b1 to be deleted)
      +65.644 s        gap       nothing is known since +65.644 s: the events were compacted away
      +65.644 s  1452  modified  InProgress (info: Wait for backup zn-b1 to be deleted)

    History of the first backup (zn-b1) in backups:
      -11.788 s  1336  modified  Completed (2 times)
       +0.015 s  1364  modified  Deleting
      +30.892 s  1415  deleted   gone
      +65.644 s        gap       nothing is known since +65.644 s: the events were compacted away"
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
  expect(text).toContain(`${'x'.repeat(240)}... (3000 characters)`);
  expect(text).toContain('... 61 more');
  expect(text).toContain('more lines');
  expect(text.split('\n').length).toBeLessThan(120);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(300);
});
