import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../e2e/report/html/data.ts';
import { objectAt } from '../../../e2e/report/html/page/object-at.ts';
import { makeTimeline } from '../../../e2e/report/html/timeline.ts';

const backup = (state: string, version: number, more: object = {}) => ({
  metadata: { name: 'b1', resourceVersion: String(version) },
  status: { state },
  ...more,
});

const made = (...lines: (object | string)[]) => {
  const history = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return makeTimeline({ history, logs: [], unreadable: [] }, 5000);
};
const make = (lines: object[]) => made({ recording: 'x', seconds: 10 }, ...lines);

const laneOf = ({ lanes }: ReturnType<typeof make>, name: string): Lane => {
  const lane = lanes.find((each) => each.name === name);
  if (lane === undefined) throw new Error(`there is no lane ${name}`);
  return lane;
};

const seen = (at: number, type: string, object: object) => ({ at, type, resource: 'backups', object });
const events = [
  seen(1, 'ADDED', backup('', 1)),
  seen(2, 'MODIFIED', backup('InProgress', 2)),
  seen(3, 'MODIFIED', backup('InProgress', 3, { spec: { progress: 50 } })),
  seen(4, 'MODIFIED', backup('Completed', 4)),
  seen(6, 'DELETED', backup('Completed', 5)),
];

describe('an object', () => {
  test('has a bar for each state, which ends with it, and lasts to the end where nobody saw it going', () => {
    const bars = ({ bars }: Lane) => bars.map(({ from, to, state }) => `${from} to ${to}: ${state}`);
    const lane = laneOf(make(events), 'b1');
    expect(bars(lane)).toEqual(['1 to 2: new', '2 to 4: InProgress', '4 to 6: Completed']);
    expect(lane.symbols).toEqual([{ at: 6, shape: 'gone', text: 'gone' }]);
    expect(bars(laneOf(make(events.slice(0, 4)), 'b1')).at(-1)).toBe('4 to 10: Completed');
  });

  test('is whole at any moment, also after another of its name', () => {
    const again = seen(8, 'ADDED', backup('', 9, { spec: { second: true } }));
    const lane = laneOf(make([...events, again]), 'b1');
    expect(objectAt(lane, 0.5)).toBeUndefined();
    expect(objectAt(lane, 3.5)).toMatchObject({
      object: events[2]?.object,
      changes: [{ path: ['spec'], text: 'spec: {"progress":50} is new' }],
    });
    expect(objectAt(lane, 4)?.changes.map(({ text }) => text)).toEqual([
      'status.state: "InProgress" → "Completed"',
      'spec: {"progress":50} is gone',
    ]);
    expect(objectAt(lane, 9)).toMatchObject({ object: again.object, changes: [] });
    expect(lane.bars.at(-1)).toMatchObject({ from: 8, to: 10, state: 'new' });
  });

  test('has a gap from when its watch was last sure to what came next', () => {
    const gap = { at: 5, type: 'GAP', resource: 'backups', reason: '410 Gone', since: 2.5 };
    const timeline = make([...events.slice(0, 4), gap, seen(5.5, 'ADDED', backup('Completed', 4))]);
    const drawn = { from: 2.5, to: 5.5, reason: '410 Gone' };
    expect(laneOf(timeline, 'b1').gaps).toEqual([drawn]);
    expect(laneOf(timeline, 'gaps in the watch').gaps).toEqual([{ ...drawn, reason: 'backups: 410 Gone' }]);
  });
});

describe('an expectation', () => {
  const set = {
    ...{ id: 1, phase: 'set', resource: 'backups', name: 'b1', label: 'the backup', from: 1.5 },
    ...{ steps: ['Deleting', 'gone'], limit: 90, owner: 'the retry' },
  };
  const awaits = (at: number, expectation: object) => ({ at, marker: 'awaits', expectation });

  test('that nothing happens is met by its time-out, and broken by its steps', () => {
    const nothing = { ...set, wanted: 'timed-out' };
    const stateAt = (phase: string) =>
      laneOf(make([awaits(1.5, nothing), awaits(4, { ...nothing, phase, reason: 'why' })]), 'b1')
        .expectations;
    expect(stateAt('timed-out')).toMatchObject([{ state: 'met' }]);
    expect(stateAt('met')).toMatchObject([{ state: 'broken', reason: 'why' }]);
  });

  test('is a span from its start to its decision, with what it reached', () => {
    const reached = [{ label: 'Deleting', at: 2 }];
    const broken = { ...set, phase: 'broken', reason: 'it was Error', reached };
    expect(laneOf(make([...events, awaits(1.5, set), awaits(4, broken)]), 'b1').expectations).toEqual([
      {
        ...{ from: 1.5, to: 4, state: 'broken', label: 'the backup goes Deleting → gone' },
        steps: [...reached, { label: 'gone', at: null }],
        ...{ reason: 'it was Error', limit: '1 min 30 s, the retry' },
      },
    ]);
  });

  test('says both bounds of a wait that begins anew with each change', () => {
    const late = { ...set, atMost: 360, phase: 'timed-out' };
    const lines = [awaits(1.5, { ...set, atMost: 360 }), awaits(9, late)];
    expect(laneOf(make(lines), 'b1').expectations).toMatchObject([
      { limit: '1 min 30 s without a change, or 6 min in all, the retry' },
    ]);
  });

  test('is open where the run ended before it was decided, on a lane of its own where its object never came', () => {
    const { bars, expectations } = laneOf(make([awaits(1.5, set)]), 'b1');
    expect(bars).toEqual([]);
    expect(expectations).toMatchObject([{ from: 1.5, to: 10, state: 'open' }]);
  });
});

test('the suite has its sentences with their times', () => {
  const phases = '0 1 begins, 1 1 passed, 1 2 noted, 2 3 begins, 3 3 failed, 4 4 begins';
  const lines = phases.split(', ').map((each) => {
    const [at, sentence, phase] = each.split(' ');
    return { at: Number(at), marker: 's', step: { id: Number(sentence), phase, sentence } };
  });
  expect(make(lines).sentences).toMatchObject([
    { sentence: '1', state: 'passed', from: 0, to: 1 },
    { sentence: '2', state: 'noted', from: 1, to: 1 },
    { sentence: '3', state: 'failed', from: 2, to: 3 },
    { sentence: '4', state: 'unfinished', from: 4, to: null },
  ]);
});

test('a fault has a lane from its injection over its proof to its end, and so has what it was in line for', () => {
  const fault = (at: number, phase: string, detail: string) => ({
    ...{ at, marker: 'f' },
    fault: { id: 'x', name: 'immutable-file', phase, detail },
  });
  const lock = (at: number, phase: string) => ({ at, marker: 'l', lock: { things: ['the target'], phase } });
  const phases = [fault(1, 'injected', 'made'), fault(2, 'proved', 'lsattr'), fault(5, 'healed', 'mutable')];
  const timeline = make([...phases, lock(1, 'asks'), lock(3, 'has')]);
  expect(laneOf(timeline, 'immutable-file')).toMatchObject({
    bars: [
      { from: 1, to: 2, state: 'made', texts: ['made'] },
      { from: 2, to: 5, state: 'proved to be in force', texts: ['lsattr'] },
    ],
    symbols: [{}, {}, {}],
  });
  expect(laneOf(timeline, 'locks').bars).toMatchObject([
    { from: 1, to: 3, state: 'waiting', texts: ['the target'] },
    { from: 3, to: 10, state: 'held' },
  ]);
});

test('half a line of a run that was killed takes nothing from the rest', () => {
  const { lanes, unreadable } = made({ recording: 'x', seconds: 10 }, ...events, '{"at":7,"type":"MOD');
  expect(lanes.at(-1)?.bars).toEqual(make(events).lanes.at(-1)?.bars);
  expect(unreadable).toEqual(['line 7 of the history cannot be read']);
});
