import { expect, test } from 'vitest';
import { ExpectationError } from '../../../e2e/history/verdict.ts';
import { ApiError, BrokenStream, ExecError } from '../../../e2e/kube/errors.ts';
import { registerSecret } from '../../../e2e/kube/redact/registered-secrets.ts';
import { classifyError } from '../../../e2e/suite/run/classify-error.ts';
import { composeFailure } from '../../../e2e/suite/run/compose-failure.ts';
import { isNotProvable, judgeEnd, SkipScenario } from '../../../e2e/suite/run/judge-end.ts';
import { InconclusiveError, notProvable } from '../../../e2e/suite/steps/judging.ts';

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

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
const podGone = new ExecError('exec', { isPodGone: true });

test.each<[string, unknown, ReturnType<typeof classifyError>]>([
  ["an error of the suite's code", new TypeError('x is not a function'), 'suite-code'],
  ['a gap', notProvable('the watch lost a stretch'), 'gap'],
  ['a premise that was lost', new InconclusiveError('it was over'), undefined],
  ['a stream that broke', new BrokenStream('the stream broke'), undefined],
  ['a container that does not run, below another error', new Error('x', { cause: podGone }), 'pod-gone'],
  ['of several the same', new AggregateError([new Error('x'), podGone]), 'pod-gone'],
  ['a server that refuses', new Error('x', { cause: refused }), 'network'],
  ['a server that fails', new ApiError('x', { status: 503, reason: 'ServiceUnavailable' }), 'network'],
  ['an answer', new ApiError('x', { status: 409, reason: 'Conflict' }), undefined],
  ['an expectation', new ExpectationError({ state: 'broken', reason: 'x', details: '' } as never), undefined],
  ['no error', 'x', undefined],
])('%s', (_, error, of) => {
  expect(classifyError(error)).toBe(of);
});

const secret = 'a-secret-of-many-letters';
const message = { of: 'b1', text: secret, class: 'failure', id: 'deletion-denied', meaning: 'No.' };

test('a failure is reported with its step, its messages, the faults in force and the paths, redacted', () => {
  registerSecret(secret, 'a test');
  const steps = [
    { sentence: 'Given a thing', state: 'passed' },
    { sentence: 'Then it is so', state: 'failed' },
    { sentence: 'a remark', state: 'noted' },
  ];
  const fault = { title: 'the config is immutable', phase: 'proved', proof: 'lsattr i' };
  const failure = composeFailure(new Error(`not so: ${secret}`), {
    journal: { steps, faults: () => [fault] } as never,
    messages: () => [message],
    paths: ['out/evidence/x/'],
    pointsTo: { at: 'suite', place: 'the suite', because: [`${secret} was in force`] },
  });
  expect(failure).toEqual({
    step: 'Then it is so',
    reason: expect.stringMatching(/^not so: \[redacted: a test\]\n/),
    messages: [{ ...message, text: '[redacted: a test]' }],
    faults: [{ name: 'the config is immutable', state: 'proved', proof: 'lsattr i' }],
    evidence: ['out/evidence/x/'],
    pointsTo: { at: 'suite', place: 'the suite', because: ['[redacted: a test] was in force'] },
  });
});

test('where there was no step, and nothing can be said of messages, the reason is reported all the same', () => {
  const messages = () => {
    throw new Error('no watch');
  };
  const failure = composeFailure('thrown', { journal: { steps: [], faults: () => [] }, messages, paths: [] });
  expect(failure).toEqual({ step: null, reason: 'thrown', messages: [], faults: [], evidence: [] });
});
