import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../e2e/kube/duration.ts';

/** Reads a time as `100ms`, `30s` or `10m`, in ms; a plain number is seconds. */
export const milliseconds = (value: string): number => {
  try {
    return parseDuration(/^\d+(\.\d+)?$/.test(value) ? `${value}s` : value);
  } catch {
    throw new InvalidArgumentError('give it as 100ms, 30s, 10m or 1h.');
  }
};

/** Reads a time that may be negative, in ms. */
export const signedMilliseconds = (value: string): number => {
  const size = milliseconds(value.replace(/^[+-]/, ''));
  return value.startsWith('-') ? -size : size;
};

/** Reads a time of whole seconds, in s. */
export const wholeSeconds = (value: string): number => {
  const seconds = milliseconds(value) / 1000;
  if (!Number.isInteger(seconds)) throw new InvalidArgumentError('give it in whole seconds.');
  return seconds;
};

/** Reads a share as `5%` or `5`, in percent. */
export const percent = (value: string): number => {
  const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(value) ?? [];
  if (number === undefined || Number(number) > 100) throw new InvalidArgumentError('give it as 5%, 100% at most.');
  return Number(number);
};
