import { expect, test } from 'vitest';
import { parseRecording } from '../../e2e/history/recording.ts';
import { replayRecording } from '../support/recordings.ts';

const event = (at: number, type: string, of: string, version: number): object => {
  const [resource, name] = of.split(' ');
  return { at, type, resource, object: { metadata: { name, resourceVersion: String(version) } } };
};
const lines = [
  { recording: 'a test', seconds: 3 },
  { at: 0, marker: 'given' },
  event(0.5, 'ADDED', 'lamps hall', 1),
  event(1, 'ADDED', 'doors front', 2),
  { at: 1.5, marker: 'when switched' },
  event(2, 'MODIFIED', 'lamps hall', 3),
  { at: 2.5, type: 'GAP', resource: 'lamps', reason: 'lost' },
  event(3, 'DELETED', 'lamps hall', 4),
];

test('becomes timelines that share the order of arrival; its markers have a sequence', () => {
  const replayed = replayRecording(parseRecording(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  const { entries } = replayed.timeline('lamps');
  expect(entries.map(({ kind, at }) => `${kind} ${at}`)).toEqual([
    ...['added 500', 'modified 2000', 'gap 2500', 'deleted 3000'],
  ]);
  const order = [entries[0], replayed.timeline('doors').entries[0], entries[1]].map(
    (entry) => entry?.sequence ?? 0,
  );
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  const switched = replayed.sequenceAt('when switched');
  expect(entries.filter(({ sequence }) => sequence > switched)).toHaveLength(3);
  expect(() => replayed.sequenceAt('later')).toThrow(
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
