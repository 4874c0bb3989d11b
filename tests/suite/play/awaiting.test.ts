import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import type { ScenarioEvent } from '../../../e2e/report/record.ts';
import { reportAwaited } from '../../../e2e/suite/play/awaiting.ts';
import { type Lamp, lamp, play } from '../../history/lamps.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const ended = { state: 'met', reason: '', at: 0, steps: [] } as const;

const waiting = (name: string | undefined = 'hall') => {
  const events: ScenarioEvent[] = [];
  const timeline = replayTimeline<Lamp>('lamps');
  play(timeline, 'hall:off');
  const end = reportAwaited((event) => events.push(event))(7, {
    timeline: timeline as never,
    name,
    label: 'the hall lamp',
    steps: ['on', 'dim'],
    mark: 0,
    time: 60_000,
    owner: 'a test',
    wanted: 'met',
    present: () => timeline.current('hall')?.status.state,
  });
  return { events, timeline, end };
};

test('what comes soon is not told of', () => {
  const { events, timeline, end } = waiting();
  vi.advanceTimersByTime(999);
  play(timeline, 'hall:on');
  end(ended);
  vi.advanceTimersByTime(60_000);
  expect(events).toEqual([]);
});

test('a state of many lines and words is told in one line', () => {
  const { events, timeline } = waiting();
  timeline.push({ kind: 'modified', at: 0, object: lamp('hall', `red\n  because ${'x'.repeat(500)}`, 9) });
  vi.advanceTimersByTime(1000);
  expect(events).toMatchObject([{ now: expect.stringMatching(/^red because x+\.\.\. \(512 characters\)$/) }]);
});

test('what takes longer is told of, with what stands instead and since when; and again when that has changed, until it ends', () => {
  const { events, timeline, end } = waiting();
  vi.advanceTimersByTime(600);
  play(timeline, 'hall:on');
  play(timeline, 'hall:on');
  vi.advanceTimersByTime(400);
  vi.advanceTimersByTime(5000);
  play(timeline, 'hall:dim');
  play(timeline, 'porch:on');
  end(ended);
  play(timeline, 'hall:off');
  const awaits = {
    kind: 'awaits',
    id: 7,
    what: 'the hall lamp goes on, dim',
    limit: 60_000,
    owner: 'a test',
  };
  expect(events).toEqual([
    { ...awaits, now: 'on', since: '1970-01-01T00:00:00.600Z' },
    { ...awaits, now: 'dim', since: '1970-01-01T00:00:06.000Z' },
    { kind: 'awaited', id: 7, state: 'met' },
  ]);
});
