import { getSystemErrorMessage } from 'node:util';

/** An error with Longhorn's text. The longhorn command prints it as its last line. */
export class StoreError extends Error {}

/** A crash of Longhorn's process by a nil pointer. Only its log contains the error. */
export class Panic extends Error {}

// Error texts that differ between Go (package syscall, Linux) and Node.
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

// The names of operations in Go's os, by the names of system calls in Node's errors.
const goOperations: Record<string, string> = {
  scandir: 'open',
  opendir: 'open',
  unlink: 'unlinkat',
  rm: 'unlinkat',
  rmdir: 'unlinkat',
};

// Error texts of the C library, and so of `ls`, that differ from Node's, some only in one letter.
const lsTexts: Record<string, string> = {
  EIO: 'Input/output error',
  ESTALE: 'Stale file handle',
};

/** Converts an error of the file system to the text of `ls`: `Permission denied`. */
export const toLsError = (error: unknown): string => {
  const { errno = 0, code = '' } = error as NodeJS.ErrnoException;
  const text = getSystemErrorMessage(errno);
  return lsTexts[code] ?? text.charAt(0).toUpperCase() + text.slice(1);
};

/**
 * Converts an error of the file system to Go's text: `unlinkat PATH: operation not permitted`, `rename OLD
 * NEW: ...`. Returns other errors unchanged.
 */
export const toGoError = (error: unknown, file: string): unknown => {
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
