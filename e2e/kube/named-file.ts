import { readFileSync, statSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';

/** What somebody named cannot be read as a file; the message ends a sentence that begins with its path. */
class NoFile extends Error {
  override readonly name = 'NoFile';
}

const largest = 256 << 20;

/**
 * Reads a text file that somebody named. Nothing is read of a folder, nor of a file that is too large to be what is
 * asked for: Node would go on until the memory is full.
 */
export const readNamedFile = (path: string, most = largest): string => {
  const found = statSync(path);
  if (found.isDirectory()) throw new NoFile('it is a folder');
  if (found.size > most) throw new NoFile(`it has ${found.size} bytes, of which at most ${most} are read`);
  return readFileSync(path, 'utf8');
};

/**
 * Why a file that somebody named could not be read or written, in a few words; undefined where that was not what
 * failed.
 */
export const whyNoFile = (error: unknown): string | undefined => {
  if (error instanceof NoFile) return error.message;
  const { errno, syscall } = error as NodeJS.ErrnoException;
  // Zlib has numbers of its own.
  return typeof errno === 'number' && syscall !== undefined ? getSystemErrorMessage(errno) : undefined;
};
