import { beforeEach, expect, test, vi } from 'vitest';
import type { ScenarioEvent } from '../../../e2e/report/record.ts';
import { reportAwaited } from '../../../e2e/suite/run/awaiting.ts';
import { lamp, pushEvent, timelineOf } from '../../history/lamps.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));

const waiting = ({ atMost }: { atMost?: number } = {}) => {
  const events: ScenarioEvent[] = [];
  const timeline = timelineOf('hall:off');
  const end = reportAwaited((event) => events.push(event))(7, {
    timeline: timeline as never,
    ...{ name: 'hall', label: 'the hall lamp', steps: ['on', 'dim'], startSequence: 0, wanted: 'met' },
    limit: { time: 60_000, owner: 'a test', ...(atMost && { atMost }) },
    present: () => timeline.current('hall')?.status.state,
  });
  return { events, timeline, end: () => end({ state: 'met', reason: '', at: 0, steps: [] }) };
};

test('what comes soon is not reported', () => {
  const { events, timeline, end } = waiting();
  vi.advanceTimersByTime(999);
  pushEvent(timeline, 'hall:on');
  end();
  vi.advanceTimersByTime(60_000);
  expect(events).toEqual([]);
});

test('what takes longer is reported in one line, with what stands instead and since when; and again when that has changed, until it ends', () => {
  const { events, timeline, end } = waiting();
  vi.advanceTimersByTime(600);
  const long = `red\n  because ${'x'.repeat(500)}`;
  timeline.push({ kind: 'modified', at: 0, object: lamp('hall', long, 9) });
  vi.advanceTimersByTime(5400);
  pushEvent(timeline, 'hall:dim');
  pushEvent(timeline, 'porch:on');
  end();
  pushEvent(timeline, 'hall:off');
  const what = 'the hall lamp goes on, dim';
  const awaits = { kind: 'awaits', id: 7, what, limit: 60_000, owner: 'a test' };
  const now = expect.stringMatching(/^red because x+\.\.\. \(512 characters\)$/);
  expect(events).toEqual([
    { ...awaits, now, since: '1970-01-01T00:00:00.600Z' },
    { ...awaits, now: 'dim', since: '1970-01-01T00:00:06.000Z' },
    { kind: 'awaited', id: 7, state: 'met' },
  ]);
});

test('a time that begins anew with each change is reported with what that adds, up to its bound', () => {
  const { events, timeline } = waiting({ atMost: 100_000 });
  vi.advanceTimersByTime(30_000);
  pushEvent(timeline, 'hall:red');
  vi.advanceTimersByTime(50_000);
  pushEvent(timeline, 'hall:dim');
  expect(events.map((event) => event.kind === 'awaits' && event.limit)).toEqual([60_000, 90_000, 100_000]);
});
