import { expect, test } from 'vitest';
import type { ExpectationSpan, Lane, ReportTimeline } from '../../../e2e/report/html/data.ts';
import { type ErrorClass, hintOf } from '../../../e2e/report/html/hint.ts';

const empty = { name: 'x', bars: [], symbols: [], expectations: [], gaps: [], events: [] };
const lane = (kind: string, more: Partial<Lane>): Lane => ({ ...empty, kind, ...more });
const bar = (from: number, to: number, state: string, tone: 'good' | 'going' | 'bad', text = '') => ({
  ...{ from, to, state, tone },
  texts: [text],
});
const blank = { startedAt: null, seconds: 300, sentences: [], logs: [], events: 0, unreadable: [] };
const timeline = (...lanes: Lane[]): ReportTimeline => ({ ...blank, lanes });

const broken = { label: 'the backup goes gone', steps: [], reason: 'it was Error', limit: '90 s' };
const expectation = (state: ExpectationSpan['state']): Lane =>
  lane('backups', { expectations: [{ from: 0, to: 90, state, ...broken }] });
const late = expectation('timed-out');
const badPod = lane('pods', {
  bars: [bar(0, 50, 'Ready', 'good'), bar(50, 60, 'Running, not ready', 'bad', 'CrashLoopBackOff')],
});
const faultAt = (from: number) =>
  lane('fault', { name: 'killed-pod', bars: [bar(from, from + 5, 'proved to be in force', 'going')] });
const lostFault = (text: string): Lane => lane('fault', { bars: [bar(3, 8, 'failed', 'bad', text)] });

const finished = { state: 'finished', reason: null } as const;
const lost = { state: 'cluster-lost', reason: 'gone' } as const;
type Given = Parameters<typeof hintOf>;
const startedAt = '2026-01-01T00:00:00Z';
const failed = { state: 'failed', startedAt } as const;
const calm = { pressure: { stalled: 0.1, runQueue: 0.4, timerDelay: 9 } };
const fails = (...lanes: Lane[]): Given => [failed, timeline(...lanes), finished, { load: calm }];
const by = (error: ErrorClass, ...lanes: Lane[]): Given => [failed, timeline(...lanes), finished, { error }];
const gap = { state: 'not-provable', startedAt } as const;
const failure = { step: null, reason: 'r', messages: [], faults: [], evidence: [] };
const pointsTo = { at: 'suite', place: 'the suite', because: ['b'] } as const;
const decided = { ...gap, failure: { ...failure, pointsTo } };
const ofOthers = { others: [{ from: 48, to: 49 }], load: calm };

test.each<[what: string, given: Given, at: string | undefined]>([
  ['a pass points nowhere', [{ state: 'passed', startedAt }, timeline(), finished], undefined],
  ['a broken expectation', fails(expectation('broken')), 'longhorn'],
  ['one that took too long', fails(late), 'longhorn'],
  ['and nobody knows how busy the machine was', [failed, timeline(late), finished], 'unclear'],
  ['one that took too long while a pod crashed', fails(late, badPod), 'cluster'],
  ['and the suite had killed that pod', fails(late, badPod, faultAt(48)), 'longhorn'],
  ['and that was after the next fault only', fails(late, badPod, faultAt(80)), 'cluster'],
  ['and a fault of others was in force', [failed, timeline(late, badPod), finished, ofOthers], 'longhorn'],
  ['a fault that failed', fails(late, lostFault('')), 'suite'],
  ['as its pod is gone', by('pod-gone', lostFault('')), 'cluster'],
  ['an error of the code', by('suite-code'), 'suite'],
  ['a connection that is refused', by('network'), 'cluster'],
  ['one that could not report itself', [{ ...failed, startedAt: null }, null, finished], 'suite'],
  ['a gap', [gap, timeline(expectation('not-provable')), finished], 'cluster'],
  ['a cluster that was lost', [failed, timeline(expectation('broken')), lost], 'cluster'],
  ['what Kubernetes did not bring about', fails({ ...late, kind: 'pods' }, expectation('broken')), 'cluster'],
  ['what was decided where it ran', [decided, timeline(late), finished], 'suite'],
  ['nothing to judge by', [failed, null, finished], 'unclear'],
])('%s', (_, given, at) => {
  expect(hintOf(...given)?.at).toBe(at);
});

test('a state that should not have been, on a busy machine, comes with how busy that was', () => {
  const busy = { pressure: { stalled: 0.9, runQueue: 14, timerDelay: 3_000 } };
  const of = (load: typeof busy) => hintOf(failed, timeline(expectation('broken')), finished, { load });
  expect(of(busy)?.because.at(-1)).toMatch(/^the machine was busy \(/);
  expect(of(calm)?.because).toHaveLength(2);
});

test('a wait that ran out of time on a busy machine is not clear, and says why', () => {
  const load = { pressure: { stalled: 0.833, runQueue: 4.5, timerDelay: 2_310 } };
  expect(hintOf(failed, timeline(late), finished, { load })).toEqual({
    at: 'unclear',
    because: [
      'the backup goes gone: not within 90 s',
      'the cluster shows no trouble of its own in that time',
      'the machine was busy (tasks waited for a processor 83 % of the time; 4.5 ran or waited for each; timers fired up to 2.3 s late)',
    ],
  });
});
