import { expect, test } from 'vitest';
import type { Bracket, Lane, Timeline } from '../../../e2e/report/html/data.ts';
import { hintOf } from '../../../e2e/report/html/hint.ts';

const lane = (kind: string, more: Partial<Lane>): Lane => ({
  kind,
  name: 'x',
  bars: [],
  marks: [],
  brackets: [],
  gaps: [],
  events: [],
  ...more,
});

const timeline = (...lanes: Lane[]): Timeline => ({
  startedAt: null,
  seconds: 300,
  lanes,
  sentences: [],
  logs: [],
  events: 0,
  trouble: [],
});

const bracket = (state: Bracket['state']): Lane =>
  lane('backups', {
    brackets: [
      {
        from: 0,
        to: 90,
        state,
        label: 'the backup goes gone',
        steps: [],
        reason: 'it was Error',
        limit: '90 s',
      },
    ],
  });

const ready = { from: 0, to: 50, state: 'Ready', tone: 'good' as const, texts: [] };

const badPod = lane('pods', {
  bars: [ready, { from: 50, to: 60, state: 'Running, not ready', tone: 'bad', texts: ['CrashLoopBackOff'] }],
});

const faultAt = (from: number, state = 'proved to be in force', tone: 'going' | 'bad' = 'going') =>
  lane('fault', { name: 'killed-pod', bars: [{ from, to: from + 5, state, tone, texts: [] }] });

const lostFault = (text: string): Lane =>
  lane('fault', {
    name: 'immutable-file',
    bars: [{ from: 3, to: 8, state: 'failed', tone: 'bad', texts: [text] }],
  });

const finished = { state: 'finished', reason: null } as const;
const fails = (...lanes: Lane[]): Parameters<typeof hintOf> => [
  { state: 'failed', reason: 'r' },
  timeline(...lanes),
  finished,
];

const failure = { step: null, reason: 'r', messages: [], faults: [], evidence: [] };

const cases: [what: string, given: Parameters<typeof hintOf>, at: string | undefined][] = [
  ['a pass points nowhere', [{ state: 'passed', reason: null }, timeline(), finished], undefined],
  ['a broken expectation', fails(bracket('broken')), 'longhorn'],
  ['one that took too long', fails(bracket('timed-out')), 'longhorn'],
  ['one that took too long while a pod crashed', fails(bracket('timed-out'), badPod), 'cluster'],
  ['and the suite had killed that pod', fails(bracket('timed-out'), badPod, faultAt(48)), 'longhorn'],
  ['and that was after the next fault only', fails(bracket('timed-out'), badPod, faultAt(80)), 'cluster'],
  ['a fault that failed', fails(bracket('timed-out'), faultAt(3, 'failed', 'bad')), 'suite'],
  [
    'a fault that failed as its pod does not run any more',
    fails(
      lostFault(
        'not injected: exec of x in a/b: failed to load task: no running task found: task e26 not found: not found',
      ),
    ),
    'cluster',
  ],
  [
    'a fault that failed as its pod is gone',
    fails(lostFault('not injected: exec of x in a/b: pods "b" not found')),
    'cluster',
  ],
  [
    'a fault that failed as its file is not there',
    fails(lostFault('not injected: chattr: /x: No such file or directory')),
    'suite',
  ],
  [
    'an error of the code',
    [{ state: 'failed', reason: 'TypeError: x is not a function' }, timeline(), finished],
    'suite',
  ],
  [
    'a connection that is refused',
    [{ state: 'failed', reason: 'connect ECONNREFUSED 127.0.0.1' }, timeline(), finished],
    'cluster',
  ],
  ['a gap', [{ state: 'not-provable', reason: 'r' }, timeline(bracket('not-provable')), finished], 'cluster'],
  [
    'a cluster that was lost',
    [
      { state: 'failed', reason: 'r' },
      timeline(bracket('broken')),
      { state: 'cluster-lost', reason: 'gone' },
    ],
    'cluster',
  ],
  [
    'what Kubernetes did not bring about',
    fails({ ...bracket('timed-out'), kind: 'pods' }, bracket('broken')),
    'cluster',
  ],
  [
    'a pod that crashed while a fault of another scenario was in force',
    [
      { state: 'failed', reason: 'r' },
      timeline(bracket('timed-out'), badPod),
      finished,
      [{ from: 48, to: 49 }],
    ],
    'longhorn',
  ],
  [
    'what was decided where it was played',
    [
      {
        state: 'not-provable',
        reason: 'r',
        failure: { ...failure, pointsTo: { at: 'suite', place: 'the suite', because: ['b'] } },
      },
      timeline(bracket('timed-out')),
      finished,
    ],
    'suite',
  ],
  ['nothing to judge by', [{ state: 'failed', reason: 'r' }, null, finished], 'unclear'],
];

test.each(cases)('%s', (_, given, at) => {
  expect(hintOf(...given)?.at).toBe(at);
});
