import { STATUS_CODES } from 'node:http';
import { ApiFailure } from '../kubernetes/client.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';

/** A request for an object that this manager does not know. */
export class NotFound extends Error {
  constructor(kind: string, name: string) {
    super(`${kind.toLowerCase()}.longhorn.io ${JSON.stringify(name)} not found`);
    this.name = 'NotFound';
  }
}

/** A request for something that a real Longhorn has, or may have, and the emulator has not. */
export class NotEmulated extends Error {
  constructor(what: string) {
    super(`not emulated: ${what}`);
    this.name = 'NotEmulated';
  }
}

/**
 * The words of an error; of one from Kubernetes only the server's own, for that is how Longhorn passes them
 * on.
 */
const wordsOf = (error: unknown): string => {
  if (error instanceof ApiFailure) return error.words;
  return error instanceof Error ? error.message : String(error);
};

/**
 * Puts what was being done before the words of an error, as Longhorn does, and keeps what kind of error it
 * is.
 */
export const withErrorContext = async <T>(doing: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${doing}: ${wordsOf(error)}`, { cause: error });
  }
};

const isOf = (error: unknown, accept: (error: unknown) => boolean): boolean =>
  accept(error) || (error instanceof Error && error.cause !== undefined && isOf(error.cause, accept));

/**
 * The HTTP status an error is answered with: whatever Kubernetes refuses is Longhorn's own failure, but for
 * what is not there.
 */
export const statusOf = (error: unknown): number => {
  if (isOf(error, (each) => each instanceof NotEmulated)) return 501;
  if (isOf(error, (each) => each instanceof NotFound || (each instanceof ApiFailure && each.status === 404)))
    return 404;
  return 500;
};

/** The body of an error's answer. */
export const toErrorResource = (error: unknown, links: Links): RancherResource => {
  const status = statusOf(error);
  return withLinks(
    { type: 'error', status, code: STATUS_CODES[status], message: wordsOf(error), detail: '' },
    links,
  );
};
