import { expect, test } from 'vitest';
import { parseRecording, replayRecording } from '../../e2e/history/recording.ts';

const text = [
  '{"recording": "a test", "seconds": 3}',
  '{"at":0,"marker":"given"}',
  '{"at":0.5,"type":"ADDED","resource":"lamps","object":{"metadata":{"name":"hall","resourceVersion":"1"}}}',
  '{"at":1,"type":"ADDED","resource":"doors","object":{"metadata":{"name":"front","resourceVersion":"2"}}}',
  '{"at":1.5,"marker":"when switched"}',
  '{"at":2,"type":"MODIFIED","resource":"lamps","object":{"metadata":{"name":"hall","resourceVersion":"3"}}}',
  '{"at":2.5,"type":"GAP","resource":"lamps","reason":"lost"}',
  '{"at":3,"type":"DELETED","resource":"lamps","object":{"metadata":{"name":"hall","resourceVersion":"4"}}}',
  '',
].join('\n');

test('becomes timelines that share the order of arrival', () => {
  const replayed = replayRecording(parseRecording(text));
  const lamps = replayed.timeline('lamps');
  expect(lamps.entries.map(({ kind, at }) => [kind, at])).toEqual([
    ['added', 500],
    ['modified', 2000],
    ['gap', 2500],
    ['deleted', 3000],
  ]);
  const sequences = [lamps.entries[0], replayed.timeline('doors').entries[0], lamps.entries[1]].map(
    (entry) => entry?.sequence ?? 0,
  );
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(replayed.timeline('windows').entries).toEqual([]);
});

test('its markers are marks', () => {
  const replayed = replayRecording(parseRecording(text));
  const mark = replayed.markOf('when switched');
  expect(replayed.timeline('lamps').entries.filter(({ sequence }) => sequence > mark)).toHaveLength(3);
  expect(() => replayed.markOf('later')).toThrow(
    'the recording has no marker "later" (it has: given, when switched)',
  );
});

test.each([
  ['{"at":0,"marker":"given"}\n', 'not a recording: its first line has no "recording"'],
  ['', 'not a recording: its first line has no "recording"'],
  ['{"recording":"x"}\n\n{"at":', 'not a recording: line 3 is not JSON'],
])('%j is refused', (bad, message) => {
  expect(() => parseRecording(bad)).toThrow(message);
});
