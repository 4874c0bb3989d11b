import { getSystemErrorMessage } from 'node:util';

/** An error in Longhorn's own words; the longhorn command prints it as its last line. */
export class StoreError extends Error {}

/** A failure by which Longhorn's process itself ends: a nil pointer, of which nobody but its log hears. */
export class Panic extends Error {}

// Where Go (package syscall, Linux) and Node have other words for the same.
const goTexts: Record<string, string> = {
  EIO: 'input/output error',
  ESTALE: 'stale NFS file handle',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  EISDIR: 'is a directory',
  ENAMETOOLONG: 'file name too long',
  EHOSTUNREACH: 'no route to host',
  ENOMEM: 'cannot allocate memory',
  EDQUOT: 'disk quota exceeded',
};

// What Go's os calls what Node names after the system call.
const goOperations: Record<string, string> = {
  scandir: 'open',
  opendir: 'open',
  unlink: 'unlinkat',
  rm: 'unlinkat',
  rmdir: 'unlinkat',
};

// Where the C library, and so `ls`, has other words than Node, or only with another letter.
const lsTexts: Record<string, string> = {
  EIO: 'Input/output error',
  ESTALE: 'Stale file handle',
};

/** An error of the file system in the words of `ls`: `Permission denied`. */
export const inLsWords = (error: unknown): string => {
  const { errno = 0, code = '' } = error as NodeJS.ErrnoException;
  const text = getSystemErrorMessage(errno);
  return lsTexts[code] ?? text.charAt(0).toUpperCase() + text.slice(1);
};

/**
 * Puts an error of the file system as Go does: `unlinkat PATH: operation not permitted`, `rename OLD NEW:
 * ...`. Others pass as they are.
 */
export const inGoWords = (error: unknown, file: string): unknown => {
  const {
    errno,
    code = '',
    syscall = '',
    path = file,
    dest,
  } = error as NodeJS.ErrnoException & { dest?: string };
  if (typeof errno !== 'number') return error;
  const paths = dest === undefined ? path : `${path} ${dest}`;
  return new StoreError(
    `${goOperations[syscall] ?? syscall} ${paths}: ${goTexts[code] ?? getSystemErrorMessage(errno)}`,
  );
};
