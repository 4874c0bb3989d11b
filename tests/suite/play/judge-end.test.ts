import { expect, test } from 'vitest';
import { judgeEnd, SkipScenario } from '../../../e2e/suite/play/judge-end.ts';

const explained = (message: string, state = 'broken') =>
  Object.assign(new Error(message), { verdict: { state } });
const error = explained('expected Pending');
const cleanupError = explained('the volume is still there');
const gap = explained('a gap', 'not-provable');
const skip = new SkipScenario('no RWX');

const atWork = { interrupted: false, doing: 'When it is deleted', outage: undefined };
const away = { ...atWork, outage: 'The API server did not answer for 4.2 s' };
const reached = { ...atWork, others: 'the scenario "x" had a fault in force' };
const interrupted = { ...atWork, interrupted: true };
const early = { ...interrupted, doing: undefined };

const cleanup = 'the cleanup failed: the volume is still there';
const wasAt = 'interrupted; it was at: ';
const noVerdict = (why: string, of: string): string => `${why}, so this is no verdict on Longhorn:\n${of}`;

test.each<[string, Parameters<typeof judgeEnd>[0], Parameters<typeof judgeEnd>[1], string, string | null]>([
  ['nothing wrong', {}, atWork, 'passed', null],
  ['it, interrupted too late', {}, interrupted, 'passed', null],
  ['it, beside a fault of another', {}, reached, 'passed', null],
  ['it, while the API server was away', {}, away, 'passed', null],
  ['an error', { error }, atWork, 'failed', 'expected Pending'],
  ['a gap', { error: gap }, atWork, 'not-provable', 'a gap'],
  ['a skip', { error: skip }, away, 'skipped', 'no RWX'],
  ['an interruption', { error }, interrupted, 'skipped', `${wasAt}When it is deleted`],
  ['an early one', { error }, early, 'skipped', `${wasAt}reaching the cluster`],
  ['its cleanup', { cleanupError }, atWork, 'failed', cleanup],
  ['both', { error: gap, cleanupError }, atWork, 'failed', `a gap\n\n${cleanup}`],
  ['it then', { error }, away, 'not-provable', noVerdict(`${away.outage} meanwhile`, 'expected Pending')],
  ['both then', { cleanupError }, away, 'not-provable', noVerdict(`${away.outage} meanwhile`, cleanup)],
  ['another', { error }, reached, 'not-provable', noVerdict(reached.others, 'expected Pending')],
])('%s', (_, ended, where, state, reason) => expect(judgeEnd(ended, where)).toEqual({ state, reason }));

test.each([
  ['what came of a gap', new Error('the data cannot be read', { cause: gap }), 'not-provable'],
  ['what came of a verdict', new Error('the data are wrong', { cause: error }), 'failed'],
  ['a verdict that came of a gap', Object.assign(explained('wrong data'), { cause: gap }), 'failed'],
  ['several gaps', new AggregateError([gap, gap], 'two'), 'not-provable'],
  ['a verdict beside a gap', new AggregateError([gap, error], 'two'), 'failed'],
  ['nothing in particular', new AggregateError([], 'none'), 'failed'],
])('%s is %s', (_, thrown, state) => expect(judgeEnd({ error: thrown }, atWork).state).toBe(state));
