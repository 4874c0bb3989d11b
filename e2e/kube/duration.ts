/** A duration with its unit: `500ms`, `90s`, `2m`, `1h`. Decimals are allowed. */
export type Duration = `${number}${keyof typeof units}`;

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses a duration. Returns ms. Throws for invalid text. */
export const parseDuration = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null)
    throw new Error(
      `not a duration: "${text}" (expected a number and ms, s, m or h, such as 500ms, 90s or 2m)`,
    );
  return Number(match[1]) * units[match[2] as keyof typeof units];
};

/** Formats a duration in ms for readers: `250 ms`, `12.5 s`, `4 min 2 s`, `1 h 30 min`. */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  // The limit is below 60 s, so that nothing rounds up to "60 s".
  if (milliseconds < 59_950) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return joined([Math.floor(seconds / 60), 'min'], [seconds % 60, 's']);
  const minutes = Math.round(seconds / 60);
  return joined([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
};

const joined = (...parts: [number, string][]): string =>
  parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
