import { expect, test } from 'vitest';
import { pushEvent, timelineOf } from './lamps.ts';

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
