import { expect, test } from 'vitest';
import { type Expectation, evaluate } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, pushEvent, timelineOf } from './lamps.ts';

test('knows the last state of each object, by its namespace, and none of one that is gone', () => {
  const timeline = timelineOf('hall:off', 'attic:on', 'hall:on', 'attic:gone');
  expect(timeline.current('hall')?.status.state).toBe('on');
  expect(timeline.current('attic')).toBeUndefined();
  const metadata = { name: 'hall', namespace: 'b' };
  timeline.push({ kind: 'added', at: 0, object: { metadata, status: { state: 'b' } } });
  expect(timeline.objects()).toHaveLength(2);
});

test('calls whoever listens, until they stop, and fails once, for the first reason', async () => {
  const timeline = timelineOf('hall:off');
  const heard: unknown[] = [];
  const stop = timeline.onEntry((entry) => heard.push(entry.kind));
  timeline.onFailure(({ message }) => heard.push(message));
  for (const event of ['hall:on', 'gap']) pushEvent(timeline, event);
  stop();
  pushEvent(timeline, 'hall:gone');
  timeline.fail(new Error('first'));
  timeline.fail(new Error('second'));
  await timeline.stop();
  expect([...heard, timeline.failure?.message]).toEqual(['modified', 'gap', 'first', 'first']);
});

test('knows since when there has been no connection', () => {
  const timeline = timelineOf();
  const before = Date.now();
  timeline.connected(false);
  const { disconnectedSince = 0 } = timeline;
  expect(disconnectedSince).toBeGreaterThanOrEqual(before);
  timeline.connected(false);
  expect(timeline.disconnectedSince).toBe(disconnectedSince);
  timeline.connected(true);
  expect(timeline.disconnectedSince).toBeUndefined();
});

const [off, dim, on] = [is('off'), is('dim'), is('on')];

type Rule = (lamp: ReturnType<typeof hall>) => Expectation<Lamp>;
const inOrder: Rule = (lamp) => lamp.goes(off, dim, on);
const switched: Rule = (lamp) => lamp.goes(off, on);
const started: Rule = (lamp) => lamp.startingAs(is('new')).goes(off);

const all = 'the hall lamp went off, dim, on';
const made = 'another object: hall was made again (uid uid-of-hall, now another-uid)';
const ended = 'the recording ended: dim was not reached; the hall lamp is still off';
const neverSeen = 'the recording ended: off was not reached; the hall lamp was never seen';
const lost = 'the watch lost what happened to the hall lamp before on: compacted';
const open =
  'the recording ended, and the watch lost a stretch of the hall lamp (compacted): on was not reached; the hall lamp is still off';

// A row for each reason: that verdicts are true whatever comes and is lost, from a sequence on as well,
// schedules.test.ts judges.
test.each<[Rule, events: string, state: string, reason: string]>([
  [inOrder, 'attic:on hall:broken hall:off hall:off attic:gone hall:dim hall:on', 'met', all],
  [inOrder, 'hall:off hall:on', 'broken', 'goes dim after off\nGot:      on'],
  [inOrder, 'hall:blue hall:on', 'broken', 'goes off before on\nGot:      on; until then it was blue'],
  [inOrder, 'hall:off hall:gone', 'broken', 'goes dim\nGot:      it was deleted; until then it was off'],
  [inOrder, 'hall:off hall!dim', 'broken', `goes dim\nGot:      ${made}`],
  [inOrder, 'hall:off', 'timed-out', ended],
  [inOrder, 'attic:on', 'timed-out', neverSeen],
  [started, 'hall:new hall:dim hall:off', 'broken', 'goes off, and is only new before\nGot:      dim'],
  [switched, 'hall:off gap hall:on', 'not-provable', lost],
  [switched, 'hall:off gap', 'not-provable', open],
])('%s of %s is %s', (rule, events, state, reason) => {
  const verdict = evaluate(rule(hall(timelineOf(...events.split(' ')))));
  expect([verdict.state, verdict.reason.replace('Expected: the hall lamp ', '')]).toEqual([state, reason]);
});
