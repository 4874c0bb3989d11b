import { ApiError, BrokenStream, NoAnswer } from './errors.ts';

/**
 * What an error says of the API server itself, where it is no answer to the request. `refused`: the request
 * did not get there; `later`: it did, and was put off (429) before anything came of it; `unknown`: something
 * may have come of it, as the connection broke, no answer came, or the server or its etcd failed.
 */
export type ApiOutage = 'refused' | 'later' | 'unknown';

const refusals = ['ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'EAI_AGAIN'];

const breaks = /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE|HPE_[A-Z_]+)$/;

/**
 * Reads what an error of a request says of the API server; undefined for an answer, and for what sending
 * again cannot mend (a certificate, a plugin).
 */
export const troubleOf = (error: unknown): ApiOutage | undefined => {
  if (error instanceof NoAnswer) return 'unknown';
  if (error instanceof ApiError) return troubleOfAnswer(error);
  // One that breaks later may have done so at the other end, on its node.
  if (error instanceof BrokenStream) return error.isUnopened ? 'refused' : undefined;
  const {
    code = '',
    syscall,
    cause,
  } = (error ?? {}) as { code?: unknown; syscall?: unknown; cause?: unknown };
  if (refusals.includes(String(code)) || (syscall === 'connect' && code !== 'ENOTFOUND')) return 'refused';
  if (breaks.test(String(code))) return 'unknown';
  return error instanceof Error && cause !== undefined ? troubleOf(cause) : undefined;
};

// A webhook that fails is its owner's trouble (500, and nothing came of the request): to hide that would hide
// what is under test.
const troubleOfAnswer = ({ status, message }: ApiError): ApiOutage | undefined => {
  if (status === 429) return 'later';
  if (status === 500) return /\bwebhook\b/.test(message) ? undefined : 'unknown';
  return [502, 503, 504].includes(status) ? 'unknown' : undefined;
};
