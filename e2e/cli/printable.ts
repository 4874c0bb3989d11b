/**
 * A name or a text of others on one line as it may be printed: names and texts in stores, reports and histories are
 * anybody's, and must not speak to the terminal.
 */
export const printable = (text: string): string =>
  // Control signs, separators of lines, and those that turn the direction of writing.
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

/** The same for a text of several lines. */
export const printableText = (text: string): string => text.replace(/[^\n\t]+/g, printable);

/** The same for each text in a JSON value. */
export const printableAll = <T>(value: T): T => {
  if (typeof value === 'string') return printableText(value) as T;
  if (Array.isArray(value)) return value.map(printableAll) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, printableAll(each)])) as T;
};
