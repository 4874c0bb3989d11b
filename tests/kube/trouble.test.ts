import { expect, test } from 'vitest';
import { ApiError, BrokenStream, ExecError, NoAnswer } from '../../e2e/kube/errors.ts';
import { troubleOf } from '../../e2e/kube/trouble.ts';

const answered = (status: number, message = 'no') => new ApiError(message, { status, reason: 'x' });
const failed = (details: object) => Object.assign(new Error('no'), details);

test.each<[string, unknown, ReturnType<typeof troubleOf>]>([
  ['a refused connection', failed({ code: 'ECONNREFUSED', syscall: 'connect' }), 'refused'],
  ['a connection that takes too long to make', failed({ code: 'ETIMEDOUT', syscall: 'connect' }), 'refused'],
  ['no way to the network', failed({ code: 'ENETUNREACH' }), 'refused'],
  ['a name server that does not answer', failed({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), 'refused'],
  ['a host that there is not', failed({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), undefined],
  ['a connection that breaks', failed({ code: 'ECONNRESET', syscall: 'read' }), 'unknown'],
  ['half an answer', failed({ code: 'HPE_INVALID_CONSTANT' }), 'unknown'],
  ['an answer that never came', new NoAnswer('no'), 'unknown'],
  [
    'what came of one of these',
    new Error('no', { cause: new Error('no', { cause: failed({ code: 'EPIPE' }) }) }),
    'unknown',
  ],
  ['a certificate that nobody trusts', failed({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }), undefined],
  ['a stream that cannot be opened', new BrokenStream('no', { isUnopened: true }), 'refused'],
  ['a stream that broke', new BrokenStream('no', { cause: failed({ code: 'ECONNRESET' }) }), undefined],
  ['a command that cannot run', new ExecError('no'), undefined],
  ['429', answered(429), 'later'],
  ['500', answered(500, 'etcdserver: leader changed'), 'unknown'],
  ['500 of a webhook', answered(500, 'failed calling webhook "validator.longhorn.io"'), undefined],
  ['502', answered(502), 'unknown'],
  ['503', answered(503), 'unknown'],
  ['504', answered(504), 'unknown'],
  ['404', answered(404), undefined],
  ['409', answered(409), undefined],
  ['507', answered(507), undefined],
  ['nothing', undefined, undefined],
  ['a text', 'ECONNREFUSED', undefined],
])('%s', (_, error, trouble) => expect(troubleOf(error)).toBe(trouble));
