import { readFileSync, statSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';

/** A path from the user cannot be read as a file. The message follows the path in a sentence. */
class NoFile extends Error {
  override readonly name = 'NoFile';
}

const largest = 256 << 20;

/**
 * Reads a text file that the user named. Throws for a folder, and for a file larger than `most` bytes, which Node
 * would read until memory is full.
 */
export const readNamedFile = (path: string, most = largest): string => {
  const found = statSync(path);
  if (found.isDirectory()) throw new NoFile('it is a folder');
  if (found.size > most) throw new NoFile(`it has ${found.size} bytes, of which at most ${most} are read`);
  return readFileSync(path, 'utf8');
};

/**
 * Why a file that the user named could not be read or written, in a few words. Undefined if the error is not about a
 * file.
 */
export const whyNoFile = (error: unknown): string | undefined => {
  if (error instanceof NoFile) return error.message;
  const { errno, syscall } = error as NodeJS.ErrnoException;
  // Errors of zlib also have an `errno`, but no `syscall`.
  return typeof errno === 'number' && syscall !== undefined ? getSystemErrorMessage(errno) : undefined;
};
