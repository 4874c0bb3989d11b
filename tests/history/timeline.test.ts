import { expect, test } from 'vitest';
import { play, played } from './lamps.ts';

test('knows the last state of each object, and none of one that is gone', () => {
  const timeline = played('hall:off', 'attic:on', 'hall:on', 'attic:gone');
  expect(timeline.current('hall')?.status.state).toBe('on');
  expect(timeline.current('attic')).toBeUndefined();
  expect(timeline.current('cellar')).toBeUndefined();
  expect(timeline.objects().map(({ metadata }) => metadata.name)).toEqual(['hall']);
});

test('keeps every entry, in the order of arrival, over all timelines', () => {
  const one = played('hall:off');
  const other = played('attic:off');
  play(one, 'hall:on');
  const sequences = [one.entries[0], other.entries[0], one.entries[1]].map((entry) => entry?.sequence ?? 0);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(new Set(sequences).size).toBe(3);
  expect(other.mark()).toBe(sequences[2]);
});

test('tells whoever listens, until they stop', () => {
  const timeline = played('hall:off');
  const heard: string[] = [];
  const stop = timeline.onEntry((entry) => heard.push(entry.kind));
  play(timeline, 'hall:on');
  play(timeline, 'gap');
  stop();
  play(timeline, 'hall:gone');
  expect(heard).toEqual(['modified', 'gap']);
});

test('fails once, for the first reason', async () => {
  const timeline = played();
  const heard: Error[] = [];
  timeline.onFailure((error) => heard.push(error));
  timeline.fail(new Error('first'));
  timeline.fail(new Error('second'));
  await timeline.stop();
  expect(timeline.failure?.message).toBe('first');
  expect(heard).toEqual([timeline.failure]);
});

test('knows since when there has been no connection', () => {
  const timeline = played();
  expect(timeline.cutOff).toBeUndefined();
  const before = Date.now();
  timeline.connected(false);
  const { cutOff = 0 } = timeline;
  expect(cutOff).toBeGreaterThanOrEqual(before);
  timeline.connected(false);
  expect(timeline.cutOff).toBe(cutOff);
  timeline.connected(true);
  expect(timeline.cutOff).toBeUndefined();
});

test('a listing ends the gap before it', () => {
  const timeline = played('gap', 'hall:off', 'gap');
  timeline.listing();
  const [first, , second] = timeline.entries;
  expect(first).not.toHaveProperty('until');
  expect(second).toMatchObject({ kind: 'gap', until: timeline.mark() });
});

test('objects of two namespaces do not replace each other', () => {
  const timeline = played();
  for (const namespace of ['a', 'b']) {
    timeline.push({
      kind: 'added',
      at: 0,
      object: { metadata: { name: 'hall', namespace }, status: { state: namespace } },
    });
  }
  expect(timeline.objects()).toHaveLength(2);
});
