import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../e2e/report/html/data.ts';
import { objectAt } from '../../../e2e/report/html/page/object-at.ts';
import { makeTimeline } from '../../../e2e/report/html/timeline.ts';

const backup = (state: string, version: number, more: object = {}) => ({
  metadata: { name: 'b1', resourceVersion: String(version) },
  status: { state },
  ...more,
});

const made = (...history: (object | string)[]) =>
  makeTimeline(
    {
      history: history.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
      logs: [],
      trouble: [],
    },
    5000,
  );
const make = (lines: object[]) => made({ recording: 'x', seconds: 10 }, ...lines);

const laneOf = ({ lanes }: ReturnType<typeof make>, name: string): Lane => {
  const lane = lanes.find((each) => each.name === name);
  if (lane === undefined) throw new Error(`there is no lane ${name}`);
  return lane;
};

const seen = (at: number, type: string, object: object) => ({ at, type, resource: 'backups', object });
const told = [
  seen(1, 'ADDED', backup('', 1)),
  seen(2, 'MODIFIED', backup('InProgress', 2)),
  seen(3, 'MODIFIED', backup('InProgress', 3, { spec: { progress: 50 } })),
  seen(4, 'MODIFIED', backup('Completed', 4)),
  seen(6, 'DELETED', backup('Completed', 5)),
];

describe('an object', () => {
  test('has a bar for each state, which ends with it, and lasts to the end where nobody saw it going', () => {
    const bars = ({ bars }: Lane) => bars.map(({ from, to, state }) => [from, to, state]);
    const lane = laneOf(make(told), 'b1');
    expect(bars(lane)).toEqual([
      [1, 2, 'new'],
      [2, 4, 'InProgress'],
      [4, 6, 'Completed'],
    ]);
    expect(lane.marks).toEqual([{ at: 6, shape: 'gone', text: 'gone' }]);
    expect(bars(laneOf(make(told.slice(0, 4)), 'b1')).at(-1)).toEqual([4, 10, 'Completed']);
  });

  test('is whole at any moment, also after another of its name', () => {
    const again = seen(8, 'ADDED', backup('', 9, { spec: { second: true } }));
    const lane = laneOf(make([...told, again]), 'b1');
    expect(objectAt(lane, 0.5)).toBeUndefined();
    expect(objectAt(lane, 3.5)).toMatchObject({
      object: told[2]?.object,
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
    const timeline = make([...told.slice(0, 4), gap, seen(5.5, 'ADDED', backup('Completed', 4))]);
    const drawn = { from: 2.5, to: 5.5, reason: '410 Gone' };
    expect(laneOf(timeline, 'b1').gaps).toEqual([drawn]);
    expect(laneOf(timeline, 'gaps in the watch').gaps).toEqual([{ ...drawn, reason: 'backups: 410 Gone' }]);
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
  const awaits = (at: number, expectation: object) => ({ at, marker: 'awaits', expectation });

  test('is a bracket from its start to its decision, with what it reached', () => {
    const reached = [{ label: 'Deleting', at: 2 }];
    const broken = { ...set, phase: 'broken', reason: 'it was Error', reached };
    expect(laneOf(make([...told, awaits(1.5, set), awaits(4, broken)]), 'b1').brackets).toEqual([
      {
        from: 1.5,
        to: 4,
        state: 'broken',
        label: 'the backup goes Deleting → gone',
        steps: [...reached, { label: 'gone', at: null }],
        reason: 'it was Error',
        limit: '1 min 30 s, the retry',
      },
    ]);
  });

  test('is told by its label alone where that is all that is awaited', () => {
    const label = 'the backup is ready';
    const once = { ...set, name: null, label, steps: [label] };
    const met = { ...once, phase: 'met', reached: [] };
    const [bracket] = laneOf(make([awaits(1.5, once), awaits(3, met)]), '').brackets;
    expect(bracket).toMatchObject({ label, steps: [{ label, at: 3 }] });
  });

  test('is open where the run ended before it was decided, on a lane of its own where its object never came', () => {
    const { bars, brackets } = laneOf(make([awaits(1.5, set)]), 'b1');
    expect(bars).toEqual([]);
    expect(brackets).toMatchObject([{ from: 1.5, to: 10, state: 'open' }]);
  });
});

describe('the suite', () => {
  test('has its sentences with their times', () => {
    const phases = [
      [0, 1, 'begins'],
      [1, 1, 'passed'],
      [1, 2, 'noted'],
      [2, 3, 'begins'],
      [3, 3, 'failed'],
      [4, 4, 'begins'],
    ] as const;
    const steps = phases.map(([at, id, phase]) => ({ id, phase, sentence: `step ${id}`, at }));
    const { sentences } = make(steps.map(({ at, ...step }) => ({ at, marker: 's', step })));
    expect(sentences.map(({ sentence, state, from, to }) => [sentence, state, from, to])).toEqual([
      ['step 1', 'passed', 0, 1],
      ['step 2', 'noted', 1, 1],
      ['step 3', 'failed', 2, 3],
      ['step 4', 'unfinished', 4, null],
    ]);
  });

  test('has a lane for each fault, from its injection over its proof to its end', () => {
    const fault = (at: number, phase: string, detail: string) => ({
      at,
      marker: 'f',
      fault: { id: 'x', name: 'immutable-file', phase, detail },
    });
    const phases = [
      fault(1, 'injected', 'made'),
      fault(2, 'proved', 'lsattr'),
      fault(5, 'healed', 'mutable'),
    ];
    const { bars, marks } = laneOf(make(phases), 'immutable-file');
    expect(bars.map(({ from, to, state, texts }) => [from, to, state, ...texts])).toEqual([
      [1, 2, 'made', 'made'],
      [2, 5, 'proved to be in force', 'lsattr'],
    ]);
    expect(marks).toHaveLength(3);
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
  const { lanes, trouble } = made({ recording: 'x', seconds: 10 }, ...told, '{"at":7,"type":"MOD');
  expect(lanes.at(-1)?.bars).toEqual(make(told).lanes.at(-1)?.bars);
  expect(trouble).toEqual(['line 7 of the history cannot be read']);
});

test('a history of nothing is an empty picture as long as the scenario', () => {
  expect(made()).toMatchObject({ seconds: 5, events: 0, sentences: [] });
});
