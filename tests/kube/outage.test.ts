import { expect, test } from 'vitest';
import { ApiError, BrokenStream, NoAnswer } from '../../e2e/kube/errors.ts';
import { outageOf } from '../../e2e/kube/outage.ts';

const answered = (status: number, message = 'no') => new ApiError(message, { status, reason: 'x' });
const failed = (details: object) => Object.assign(new Error('no'), details);

test.each<[string, unknown, ReturnType<typeof outageOf>]>([
  ['a refused connection', failed({ code: 'ECONNREFUSED', syscall: 'connect' }), 'refused'],
  ['a name server that does not answer', failed({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), 'refused'],
  ['a host that there is not', failed({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), undefined],
  ['a connection that breaks', failed({ code: 'ECONNRESET', syscall: 'read' }), 'unknown'],
  ['an answer that never came', new NoAnswer('no'), 'unknown'],
  [
    'what came of one of these',
    new Error('no', { cause: new Error('no', { cause: failed({ code: 'EPIPE' }) }) }),
    'unknown',
  ],
  ['a stream that cannot be opened', new BrokenStream('no', { isUnopened: true }), 'refused'],
  ['a stream that broke', new BrokenStream('no', { cause: failed({ code: 'ECONNRESET' }) }), undefined],
  ['429', answered(429), 'later'],
  ['500', answered(500, 'etcdserver: leader changed'), 'unknown'],
  ['500 of a webhook', answered(500, 'failed calling webhook "validator.longhorn.io"'), undefined],
  ['503', answered(503), 'unknown'],
  ['404', answered(404), undefined],
])('%s', (_, error, trouble) => expect(outageOf(error)).toBe(trouble));
