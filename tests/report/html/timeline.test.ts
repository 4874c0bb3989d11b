import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../e2e/report/html/data.ts';
import { objectAt } from '../../../e2e/report/html/page/object-at.ts';
import { makeTimeline } from '../../../e2e/report/html/timeline.ts';

const backup = (state: string, version: number, more: object = {}) => ({
  metadata: { name: 'b1', resourceVersion: String(version), ...more },
  status: { state },
});

const make = (lines: object[], header: object = { seconds: 10 }) =>
  makeTimeline(
    {
      history: [{ recording: 'x', startedAt: '2026-11-20T03:00:00.000Z', ...header }, ...lines]
        .map((line) => JSON.stringify(line))
        .join('\n'),
      logs: [],
      trouble: [],
    },
    5000,
  );

const laneOf = ({ lanes }: ReturnType<typeof make>, name: string): Lane => {
  const lane = lanes.find((each) => each.name === name);
  if (lane === undefined) throw new Error(`there is no lane ${name}`);
  return lane;
};

const told = [
  { at: 1, type: 'ADDED', resource: 'backups', object: backup('', 1) },
  { at: 2, type: 'MODIFIED', resource: 'backups', object: backup('InProgress', 2) },
  {
    at: 3,
    type: 'MODIFIED',
    resource: 'backups',
    object: { ...backup('InProgress', 3), spec: { progress: 50 } },
  },
  { at: 4, type: 'MODIFIED', resource: 'backups', object: backup('Completed', 4) },
  { at: 6, type: 'DELETED', resource: 'backups', object: backup('Completed', 5) },
];

describe('an object', () => {
  test('has a bar for each state, which ends with it', () => {
    const bars = laneOf(make(told), 'b1').bars.map(({ from, to, state }) => [from, to, state]);
    expect(bars).toEqual([
      [1, 2, 'new'],
      [2, 4, 'InProgress'],
      [4, 6, 'Completed'],
    ]);
    expect(laneOf(make(told), 'b1').marks).toEqual([{ at: 6, shape: 'gone', text: 'gone' }]);
  });

  test('lasts to the end where nobody saw it going', () => {
    expect(laneOf(make(told.slice(0, 4)), 'b1').bars.at(-1)).toMatchObject({ from: 4, to: 10 });
  });

  test('is whole at any moment, also after another of its name', () => {
    const again = { at: 8, type: 'ADDED', resource: 'backups', object: backup('', 9, { uid: 'second' }) };
    const lane = laneOf(make([...told, again]), 'b1');
    expect(objectAt(lane, 0.5)).toBeUndefined();
    expect(objectAt(lane, 3.5)).toMatchObject({
      object: (told[2] as { object: object }).object,
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
    const timeline = make([
      ...told.slice(0, 4),
      gap,
      { at: 5.5, type: 'ADDED', resource: 'backups', object: backup('Completed', 4) },
    ]);
    expect(laneOf(timeline, 'b1').gaps).toEqual([{ from: 2.5, to: 5.5, reason: '410 Gone' }]);
    expect(laneOf(timeline, 'gaps in the watch').gaps).toEqual([
      { from: 2.5, to: 5.5, reason: 'backups: 410 Gone' },
    ]);
  });
});

describe('an expectation', () => {
  const set = {
    id: 1,
    phase: 'set',
    resource: 'backups',
    name: 'b1',
    label: 'the backup',
    from: 1.5,
    steps: ['Deleting', 'gone'],
    limit: 90,
    owner: 'the retry',
  };

  test('is a bracket from its start to its decision, with what it reached', () => {
    const broken = {
      ...set,
      phase: 'broken',
      reason: 'it was Error',
      reached: [{ label: 'Deleting', at: 2 }],
    };
    const lines = [
      ...told,
      { at: 1.5, marker: 'awaits', expectation: set },
      { at: 4, marker: 'broken', expectation: broken },
    ];
    expect(laneOf(make(lines), 'b1').brackets).toEqual([
      {
        from: 1.5,
        to: 4,
        state: 'broken',
        label: 'the backup goes Deleting → gone',
        steps: [
          { label: 'Deleting', at: 2 },
          { label: 'gone', at: null },
        ],
        reason: 'it was Error',
        limit: '1 min 30 s, the retry',
      },
    ]);
  });

  test('is told by its label alone where that is all that is awaited', () => {
    const once = { ...set, name: null, label: 'the backup is ready', steps: ['the backup is ready'] };
    const lines = [
      { at: 1.5, marker: 'awaits', expectation: once },
      { at: 3, marker: 'met', expectation: { ...once, phase: 'met', reached: [] } },
    ];
    const [bracket] = laneOf(make(lines), '').brackets;
    expect(bracket).toMatchObject({
      label: 'the backup is ready',
      steps: [{ label: 'the backup is ready', at: 3 }],
    });
  });

  test('is open where the run ended before it was decided, on a lane of its own where its object never came', () => {
    const lane = laneOf(make([{ at: 1.5, marker: 'awaits', expectation: set }]), 'b1');
    expect(lane.bars).toEqual([]);
    expect(lane.brackets).toMatchObject([{ from: 1.5, to: 10, state: 'open' }]);
  });
});

describe('the suite', () => {
  const step = (at: number, id: number, phase: string) => ({
    at,
    marker: 's',
    step: { id, phase, sentence: `step ${id}` },
  });

  test('has its sentences with their times', () => {
    const { sentences } = make([
      step(0, 1, 'begins'),
      step(1, 1, 'passed'),
      step(1, 2, 'noted'),
      step(2, 3, 'begins'),
      step(3, 3, 'failed'),
      step(4, 4, 'begins'),
    ]);
    expect(sentences).toEqual([
      { sentence: 'step 1', state: 'passed', from: 0, to: 1 },
      { sentence: 'step 2', state: 'noted', from: 1, to: 1 },
      { sentence: 'step 3', state: 'failed', from: 2, to: 3 },
      { sentence: 'step 4', state: 'unfinished', from: 4, to: null },
    ]);
  });

  test('has a lane for each fault, from its injection over its proof to its end', () => {
    const fault = (at: number, phase: string, detail: string) => ({
      at,
      marker: 'f',
      fault: { id: 'x', name: 'immutable-file', phase, detail },
    });
    const lane = laneOf(
      make([fault(1, 'injected', 'made'), fault(2, 'proved', 'lsattr'), fault(5, 'healed', 'mutable')]),
      'immutable-file',
    );
    expect(lane.bars.map(({ from, to, state, texts }) => [from, to, state, ...texts])).toEqual([
      [1, 2, 'made', 'made'],
      [2, 5, 'proved to be in force', 'lsattr'],
    ]);
    expect(lane.marks).toHaveLength(3);
  });

  test('has a lane of what it was in line for and had', () => {
    const lock = (at: number, phase: string) => ({
      at,
      marker: 'l',
      lock: { things: ['the target'], phase },
    });
    expect(laneOf(make([lock(1, 'asks'), lock(3, 'has')]), 'locks').bars).toMatchObject([
      { from: 1, to: 3, state: 'in line', texts: ['the target'] },
      { from: 3, to: 10, state: 'has it' },
    ]);
  });
});

test('half a line of a run that was killed takes nothing from the rest', () => {
  const whole = make(told);
  const history = `{"recording":"x","seconds":10}\n${told.map((line) => JSON.stringify(line)).join('\n')}\n{"at":7,"type":"MOD`;
  const { lanes, trouble } = makeTimeline({ history, logs: [], trouble: [] }, 0);
  expect(lanes.at(-1)?.bars).toEqual(whole.lanes.at(-1)?.bars);
  expect(trouble).toEqual(['line 7 of the history cannot be read']);
});

test('a history of nothing is an empty picture as long as the scenario', () => {
  expect(makeTimeline({ history: '', logs: [], trouble: [] }, 5000)).toMatchObject({
    seconds: 5,
    events: 0,
    sentences: [],
  });
});
