/** Quotes a word for a shell, if necessary. */
export const shellQuote = (word: string): string =>
  /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
