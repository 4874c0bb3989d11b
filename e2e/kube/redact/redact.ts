import { mapStrings } from '../map-strings.ts';
import { redactRegistered } from './registered-secrets.ts';
import { redactionRules, redactSecretObjects } from './rules.ts';

/**
 * Redacts the secrets in a text: registered values (see `registerSecret`), and values in places that usually hold
 * secrets (PEM, JWTs, Authorization, URLs, variables, fields of kubeconfigs, Secret objects). The replacement says what
 * it was. Names, UIDs and checksums stay. Redacting twice changes nothing more.
 */
export const redact = (text: string): string =>
  redactionRules.reduce(
    (done, { pattern, text: instead }) =>
      typeof instead === 'string' ? done.replace(pattern, instead) : done.replace(pattern, instead),
    redactSecretObjects(redactRegistered(text)),
  );

/** Redacts every string in a JSON value. */
export const redactAll = <T>(value: T): T => mapStrings(value, redact);

/** Redacts an error in place, including its stack and causes, because other code may print it. Returns the error. */
export const redactError = <T>(error: T, seen = new Set<unknown>()): T => {
  if (!(error instanceof Error) || seen.has(error)) return error;
  seen.add(error);
  for (const field of ['message', 'stack'] as const) {
    const text = error[field];
    if (typeof text === 'string')
      Object.defineProperty(error, field, { value: redact(text), configurable: true, writable: true });
  }
  redactError(error.cause, seen);
  if (error instanceof AggregateError) for (const each of error.errors) redactError(each, seen);
  return error;
};
