import { lstatSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { getSystemErrorMessage } from 'node:util';

// A link that leads nowhere is there: no folder can be made in its place.
const isThere = (path: string): boolean => {
  try {
    return lstatSync(path) !== undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
};

const nearest = (path: string): string =>
  isThere(path) || dirname(path) === path ? path : nearest(dirname(path));

/**
 * Says why nothing can be written into a folder, which need not be there yet, or returns undefined: it is tried, and
 * nothing stays. To be asked before a folder that somebody named is made: of one that the system refuses to make
 * below a folder that is there, as in /proc, Node's recursive mkdir never returns.
 */
export const whyNotWritable = (folder: string): string | undefined => {
  let there = resolve(folder);
  try {
    there = nearest(there);
    if (!statSync(there).isDirectory()) return `${there} is a file`;
    rmdirSync(mkdtempSync(join(there, '.corral-')));
    return undefined;
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    return `nothing can be written to ${there} (${getSystemErrorMessage(errno)})`;
  }
};
