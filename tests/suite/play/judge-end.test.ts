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

const gap = explained('a gap', 'not-provable');
const skip = new SkipScenario('no RWX');
const cleanup = 'the cleanup failed: the volume is still there';
const early = { ...interrupted, doing: undefined };
const noVerdict = 'so this is no verdict on Longhorn:\n';

test.each<[string, Parameters<typeof judgeEnd>[0], Parameters<typeof judgeEnd>[1], string, string | null]>([
  ['nothing wrong', {}, atWork, 'passed', null],
  ['nothing wrong, interrupted too late', {}, interrupted, 'passed', null],
  ['an error', { error }, atWork, 'failed', 'expected Pending'],
  ['a gap', { error: gap }, atWork, 'not-provable', 'a gap'],
  ['a skip', { error: skip }, atWork, 'skipped', 'no RWX'],
  ['interrupted', { error }, interrupted, 'skipped', 'interrupted; it was at: When it is deleted'],
  ['interrupted early', { error }, early, 'skipped', 'interrupted; it was at: reaching the cluster'],
  ['a cleanup that failed', { cleanupError }, atWork, 'failed', cleanup],
  ['both', { error: gap, cleanupError }, atWork, 'failed', `a gap\n\n${cleanup}`],
  [
    'an error while the API server was away',
    { error },
    away,
    'not-provable',
    `${away.outage} meanwhile, ${noVerdict}expected Pending`,
  ],
  [
    'a cleanup that failed then',
    { cleanupError },
    away,
    'not-provable',
    `${away.outage} meanwhile, ${noVerdict}${cleanup}`,
  ],
  [
    'an error that a fault of another scenario can have brought about',
    { error },
    reached,
    'not-provable',
    `${reached.others}, ${noVerdict}expected Pending`,
  ],
  ['nothing wrong beside such a fault', {}, reached, 'passed', null],
  ['nothing wrong then', {}, away, 'passed', null],
  ['a skip then', { error: skip }, away, 'skipped', 'no RWX'],
])('%s', (_, ended, where, state, reason) => expect(judgeEnd(ended, where)).toEqual({ state, reason }));

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
