import { expect, test } from 'vitest';
import { isNotProvable, judgeEnd, SkipScenario } from '../../../e2e/suite/run/judge-end.ts';

const explained = (message: string, state = 'broken') =>
  Object.assign(new Error(message), { verdict: { state } });
const error = explained('expected Pending');
const gap = explained('a gap', 'not-provable');
const skip = new SkipScenario('no RWX');

const atWork = { interrupted: false, doing: 'When it is deleted', outage: undefined };
const away = { ...atWork, outage: 'The API server did not answer for 4.2 s' };
const reached = { ...atWork, others: 'the scenario "x" had a fault in force' };
const interrupted = { ...atWork, interrupted: true };
const early = { ...interrupted, doing: undefined };

const wasAt = 'interrupted; it was at: ';
const noVerdict = (why: string, of: string): string => `${why}, so this is no verdict on Longhorn:\n${of}`;

test.each<[string, unknown, Parameters<typeof judgeEnd>[1], string, string | null]>([
  ['nothing wrong', undefined, atWork, 'passed', null],
  ['it, interrupted too late', undefined, interrupted, 'passed', null],
  ['it, beside a fault of another', undefined, reached, 'passed', null],
  ['it, while the API server was away', undefined, away, 'passed', null],
  ['an error', error, atWork, 'failed', 'expected Pending'],
  ['a gap', gap, atWork, 'not-provable', 'a gap'],
  ['a skip', skip, away, 'skipped', 'no RWX'],
  ['an interruption', error, interrupted, 'skipped', `${wasAt}When it is deleted`],
  ['an early one', error, early, 'skipped', `${wasAt}reaching the cluster`],
  ['it then', error, away, 'not-provable', noVerdict(`${away.outage} meanwhile`, 'expected Pending')],
  ['another', error, reached, 'not-provable', noVerdict(reached.others, 'expected Pending')],
])('%s', (_, error, where, state, reason) => expect(judgeEnd(error, where)).toMatchObject({ state, reason }));

test('only what had begun when the run was interrupted is marked so', () => {
  expect(judgeEnd(error, interrupted)).toMatchObject({ interrupted: true });
  for (const ended of [judgeEnd(skip, atWork), judgeEnd(undefined, interrupted)])
    expect(ended).not.toHaveProperty('interrupted');
});

test.each([
  ['what came of a gap', new Error('the data cannot be read', { cause: gap }), 'not-provable'],
  ['what came of a verdict', new Error('the data are wrong', { cause: error }), 'failed'],
  ['a verdict that came of a gap', Object.assign(explained('wrong data'), { cause: gap }), 'failed'],
  ['several gaps', new AggregateError([gap, gap], 'two'), 'not-provable'],
  ['a verdict beside a gap', new AggregateError([gap, error], 'two'), 'failed'],
  ['nothing in particular', new AggregateError([], 'none'), 'failed'],
])('%s is %s', (_, thrown, state) => {
  expect(judgeEnd(thrown, atWork).state).toBe(state);
  expect(isNotProvable(thrown)).toBe(state === 'not-provable');
});
