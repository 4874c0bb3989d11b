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

/** A request for a feature that a real Longhorn has, or may have, and the emulator lacks. */
export class NotEmulated extends Error {
  constructor(what: string) {
    super(`not emulated: ${what}`);
    this.name = 'NotEmulated';
  }
}

/** The message of an error. For a Kubernetes error this is only the server's message, as Longhorn passes it on. */
const messageOf = (error: unknown): string => {
  if (error instanceof ApiFailure) return error.words;
  return error instanceof Error ? error.message : String(error);
};

/** Runs work, and puts `doing` before the message of its error, as Longhorn does. The original error is the cause. */
export const withErrorContext = async <T>(doing: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${doing}: ${messageOf(error)}`, { cause: error });
  }
};

const isOf = (error: unknown, accept: (error: unknown) => boolean): boolean =>
  accept(error) || (error instanceof Error && error.cause !== undefined && isOf(error.cause, accept));

/**
 * Returns the HTTP status for an error. Longhorn answers 404 to a missing object, and 500 to every other
 * Kubernetes error.
 */
export const httpStatusOf = (error: unknown): number => {
  if (isOf(error, (each) => each instanceof NotEmulated)) return 501;
  if (isOf(error, (each) => each instanceof NotFound || (each instanceof ApiFailure && each.status === 404)))
    return 404;
  return 500;
};

/** Returns the body of an error response. */
export const toErrorResource = (error: unknown, links: Links): RancherResource => {
  const status = httpStatusOf(error);
  return withLinks(
    { type: 'error', status, code: STATUS_CODES[status], message: messageOf(error), detail: '' },
    links,
  );
};
