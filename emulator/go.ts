/** A map of strings as Go prints it: sorted, `map[a:1 b:2]`. */
export const goMap = (map: Record<string, string> | null | undefined): string => {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, value]) => `${key}:${value}`).join(' ')}]`;
};

/** A map of strings as Go writes it in JSON: sorted. */
export const goJson = (map: Record<string, string>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An error with where it happened put in front of its text, as Longhorn wraps them. */
export const wrapError = (where: string, error: unknown): Error =>
  new Error(`${where}: ${textOf(error)}`, { cause: error });

const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Reads a duration as Go prints it, such as 5m0s, in milliseconds; 0 for what is no duration. */
export const parseGoDuration = (text: string): number =>
  [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit] ?? 0),
    0,
  );
