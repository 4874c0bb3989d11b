import { ApiError, BrokenStream, NoAnswer } from './errors.ts';

/**
 * The trouble of an API server that an error shows. `refused`: the request did not reach it. `later`: the server
 * postponed the request (429), without effect. `unknown`: the request may have had an effect; the connection broke,
 * there was no response, or the server or its etcd failed. `early`: an admission webhook refused the request, because it
 * had not seen an object yet that the request refers to.
 */
export type ApiOutage = 'refused' | 'later' | 'unknown' | 'early';

const refusals = ['ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'EAI_AGAIN'];

const breaks = /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE|HPE_[A-Z_]+)$/;

/**
 * The trouble of the API server that an error shows. Undefined for a regular response, and for errors that repeating
 * cannot fix (a certificate, a plugin).
 */
export const outageOf = (error: unknown): ApiOutage | undefined => {
  if (error instanceof NoAnswer) return 'unknown';
  if (error instanceof ApiError) return troubleOfAnswer(error);
  // A stream that breaks later may have broken on the node.
  if (error instanceof BrokenStream) return error.isUnopened ? 'refused' : undefined;
  const {
    code = '',
    syscall,
    cause,
  } = (error ?? {}) as { code?: unknown; syscall?: unknown; cause?: unknown };
  if (refusals.includes(String(code)) || (syscall === 'connect' && code !== 'ENOTFOUND')) return 'refused';
  if (breaks.test(String(code))) return 'unknown';
  return error instanceof Error && cause !== undefined ? outageOf(cause) : undefined;
};

// A failed webhook (500, the request had no effect) is not trouble of the server. Repeating the request would hide a
// failure of the system under test.
const troubleOfAnswer = ({ status, message }: ApiError): ApiOutage | undefined => {
  if (status === 429) return 'later';
  if (status === 500) return /\bwebhook\b/.test(message) ? undefined : 'unknown';
  return [502, 503, 504].includes(status) ? 'unknown' : undefined;
};
