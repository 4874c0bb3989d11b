import { expect, test } from 'vitest';
import { ExpectationError } from '../../../e2e/history/verdict.ts';
import { ApiError, BrokenStream, ExecError } from '../../../e2e/kube/errors.ts';
import { classifyError } from '../../../e2e/suite/run/classify-error.ts';
import { InconclusiveError, notProvable } from '../../../e2e/suite/steps/judging.ts';

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
