import { getSystemErrorMessage } from 'node:util';

/** An error in Longhorn's own words; the longhorn command prints it as its last line. */
export class StoreError extends Error {}

/** Puts an error of the file system as Go does: `unlinkat PATH: operation not permitted`. Others pass as they are. */
export const inGoWords = (operation: string, path: string, error: unknown): unknown => {
  const { errno } = error as NodeJS.ErrnoException;
  return typeof errno === 'number' ? new StoreError(`${operation} ${path}: ${getSystemErrorMessage(errno)}`) : error;
};
