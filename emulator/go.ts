import { writeSync } from 'node:fs';

/** Formats a map of strings as Go prints it, sorted: `map[a:1 b:2]`. */
export const formatGoMap = (map: Record<string, string> | null | undefined): string => {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, value]) => `${key}:${value}`).join(' ')}]`;
};

/** Formats a map of strings as Go writes it in JSON, sorted. */
export const formatGoJson = (map: Record<string, string>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Puts a prefix before the text of an error, as Longhorn wraps errors. */
export const wrapError = (where: string, error: unknown): Error =>
  new Error(`${where}: ${textOf(error)}`, { cause: error });

const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Parses a duration as Go prints it, such as 5m0s or -10s. Returns milliseconds, 0 if the text is not a duration. */
export const parseGoDuration = (text: string): number =>
  [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit] ?? 0),
    0,
  ) * (text.startsWith('-') ? -1 : 1);

/** Ends the process as Go's runtime does after a panic: a trace of these lines on standard error, and exit code 2. */
export const panic = (lines: readonly string[]): never => {
  // Synchronous, because text in a stream's buffer would be lost.
  writeSync(2, [...lines, ''].join('\n'));
  process.exit(2);
};
