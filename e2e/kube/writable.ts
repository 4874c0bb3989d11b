import { lstatSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { getSystemErrorMessage } from 'node:util';

// A dangling link counts: no folder can be created in its place.
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
 * Why a folder cannot be written to; the folder may not exist yet. Undefined if it can. It creates and removes a
 * temporary folder. Call it before creating a folder that the user named: Node's recursive mkdir never returns if the
 * system refuses to create a folder in an existing one, as in /proc.
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
