/** A number with a noun, with a plural in s: "1 request", "3 requests". */
export const pluralize = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`;
