import { expect, test } from 'vitest';
import { judgeEnd, SkipScenario } from '../../../e2e/suite/play/judge-end.ts';

const explained = (message: string, state = 'broken') =>
  Object.assign(new Error(message), { verdict: { state } });
const error = explained('expected Pending');
const cleanupError = explained('the volume is still there');
const atWork = { interrupted: false, doing: 'When it is deleted', outage: undefined };
const away = { ...atWork, outage: 'The API server did not answer for 4.2 s' };
const broken = explained('the stream broke', 'not-provable');
const reached = { ...atWork, others: 'the scenario "x" had a fault in force' };
const interrupted = { ...atWork, interrupted: true };

test.each([
  ['nothing wrong', {}, atWork, { state: 'passed', reason: null }],
  ['nothing wrong, interrupted too late', {}, interrupted, { state: 'passed', reason: null }],
  ['an error', { error }, atWork, { state: 'failed', reason: 'expected Pending' }],
  [
    'a gap',
    { error: explained('a gap', 'not-provable') },
    atWork,
    { state: 'not-provable', reason: 'a gap' },
  ],
  ['a skip', { error: new SkipScenario('no RWX') }, atWork, { state: 'skipped', reason: 'no RWX' }],
  [
    'interrupted',
    { error },
    interrupted,
    { state: 'skipped', reason: 'interrupted; it was at: When it is deleted' },
  ],
  [
    'interrupted early',
    { error },
    { interrupted: true, doing: undefined, outage: undefined },
    { state: 'skipped', reason: 'interrupted; it was at: reaching the cluster' },
  ],
  [
    'a cleanup that failed',
    { cleanupError },
    atWork,
    { state: 'failed', reason: 'the cleanup failed: the volume is still there' },
  ],
  [
    'both',
    { error: explained('a gap', 'not-provable'), cleanupError },
    atWork,
    { state: 'failed', reason: 'a gap\n\nthe cleanup failed: the volume is still there' },
  ],
  [
    'an error while the API server was away',
    { error },
    away,
    {
      state: 'not-provable',
      reason: `${away.outage} meanwhile, so this is no verdict on Longhorn:\nexpected Pending`,
    },
  ],
  [
    'a cleanup that failed then',
    { cleanupError },
    away,
    {
      state: 'not-provable',
      reason: `${away.outage} meanwhile, so this is no verdict on Longhorn:\nthe cleanup failed: the volume is still there`,
    },
  ],
  [
    'an error that a fault of another scenario can have brought about',
    { error },
    reached,
    {
      state: 'not-provable',
      reason: `${reached.others}, so this is no verdict on Longhorn:\nexpected Pending`,
    },
  ],
  ['nothing wrong beside such a fault', {}, reached, { state: 'passed', reason: null }],
  ['nothing wrong then', {}, away, { state: 'passed', reason: null }],
  ['a skip then', { error: new SkipScenario('no RWX') }, away, { state: 'skipped', reason: 'no RWX' }],
])('%s', (_, ended, where, outcome) => expect(judgeEnd(ended, where)).toEqual(outcome));

test.each([
  ['what came of a broken stream', new Error('the data cannot be read', { cause: broken }), 'not-provable'],
  ['what came of a verdict', new Error('the data are wrong', { cause: error }), 'failed'],
  [
    'a verdict that came of a broken stream',
    Object.assign(explained('wrong data'), { cause: broken }),
    'failed',
  ],
  ['several broken streams', new AggregateError([broken, broken], 'two'), 'not-provable'],
  ['a verdict beside a broken stream', new AggregateError([broken, error], 'two'), 'failed'],
  ['nothing in particular', new AggregateError([], 'none'), 'failed'],
])('%s is %s', (_, thrown, state) => expect(judgeEnd({ error: thrown }, atWork).state).toBe(state));
