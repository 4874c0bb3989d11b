import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { loneOperator } from '../../suite/tags-expression.ts';
import { usageError } from '../exit-code.ts';

/** The absolute path of a folder, there or not yet; a CommandError for anything else. */
export const checkOut = (folder: string): string => {
  if (folder === '') throw usageError("--out '': name a folder, or leave it out");
  const out = resolve(folder);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === false)
    throw usageError(`--out ${folder} is a file: name a folder, or a new one`);
  // Before a cluster is brought up, not when there is something to write.
  const there = nearestFolder(out);
  try {
    accessSync(there, constants.W_OK);
    if (!statSync(there).isDirectory()) throw new Error('it is a file');
  } catch {
    throw usageError(`--out ${folder}: nothing can be written to ${there}: name a folder that can be`);
  }
  return out;
};

const nearestFolder = (path: string): string =>
  statSync(path, { throwIfNoEntry: false }) === undefined && dirname(path) !== path ? nearestFolder(dirname(path)) : path;

/** A whole number from 1 to 999999; a CommandError for anything else. */
export const checkNumber = (flag: string, value: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw usageError(`--${flag} ${value || "''"}: give a whole number from 1 on, or leave it out`);
  return Number(value);
};

/** The name of a namespace or of what is in one; a CommandError for what Kubernetes takes for none. */
export const checkName = (flag: string, value: string): string => {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) return value;
  throw usageError(`--${flag} ${value || "''"}: give at most 63 of a-z, 0-9 and dashes, with no dash at either end`);
};

/** A regular expression, as it was given; a CommandError for what is none. */
export const checkOnly = (pattern: string | undefined): string | undefined => {
  if (pattern === undefined) return undefined;
  if (pattern === '') throw usageError("--only '': give a part of a scenario's name, or leave it out");
  try {
    new RegExp(pattern);
  } catch (error) {
    throw usageError(`--only ${pattern}: ${(error as Error).message}: give a regular expression on the scenarios' names`);
  }
  return pattern;
};

/** What joins tags, for whoever joined them otherwise. */
export const joinTags = 'join tags with &&, ||, ! and parentheses';

/** An expression of tags, as it was given; a CommandError for an empty one, and one that vitest would never end reading. What else is wrong with it, vitest says. */
export const checkTags = (expression: string | undefined): string | undefined => {
  if (expression === undefined) return undefined;
  if (expression.trim() === '') throw usageError("--tags '': give an expression such as 'a && !b', or leave it out");
  const alone = loneOperator(expression);
  if (alone !== undefined) throw usageError(`--tags ${expression}: unexpected "${alone}": ${joinTags}`);
  return expression;
};
