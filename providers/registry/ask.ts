import { NotFit } from '../../e2e/machine/not-fit.ts';
import { buildSignal } from '../../lab/build/signal.ts';

/** Whoever asks a registry owns this time-out: from the question to the first bytes of the answer. */
const ANSWER_MS = 60_000;

const causeOf = (error: unknown): string => {
  const { cause, message, name } = error as Error & { cause?: NodeJS.ErrnoException };
  return name === 'TimeoutError'
    ? `no answer in ${ANSWER_MS / 1000} s`
    : (cause?.code ?? cause?.message ?? message);
};

/** A server did not answer at all: there is no way to it, or it is down. */
export class Unreachable extends NotFit {
  constructor(host: string, cause: string) {
    super({ code: 'registry-unreachable', what: `${host} cannot be reached (${cause})` });
  }
}

/**
 * Asks by GET and returns the answer, whatever its status; throws Unreachable without one. Ends with the
 * build that asks.
 */
export const ask = async (url: string, headers: Record<string, string> = {}): Promise<Response> => {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('', 'TimeoutError')), ANSWER_MS);
  const signals = [late.signal, buildSignal()].filter((signal) => signal !== undefined);
  try {
    return await fetch(url, { headers, signal: AbortSignal.any(signals) });
  } catch (error) {
    buildSignal()?.throwIfAborted();
    throw new Unreachable(new URL(url).host, causeOf(error));
  } finally {
    // The body may take its time: a layer is big.
    clearTimeout(timer);
  }
};
