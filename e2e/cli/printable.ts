import { mapStrings } from '../kube/map-strings.ts';

/**
 * Escapes a text from outside (a store, a report, a history) for printing on one line. Such a text could otherwise
 * contain control sequences for the terminal.
 */
export const printable = (text: string): string =>
  // Control characters, line and paragraph separators, and characters that change the direction of the text.
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

/** Does the same for a text of several lines. */
export const printableText = (text: string): string => text.replace(/[^\n\t]+/g, printable);

/** Does the same for each text in a JSON value. */
export const printableAll = <T>(value: T): T => mapStrings(value, printableText);
