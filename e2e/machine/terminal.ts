/**
 * Whether lines that were printed can be replaced: on a terminal that moves its cursor and knows its width. That of a
 * container or of a CI system may have a width of 0.
 */
export const canRedraw = ({ isTTY, columns }: NodeJS.WriteStream): boolean =>
  isTTY && columns > 0 && process.env.TERM !== 'dumb';
