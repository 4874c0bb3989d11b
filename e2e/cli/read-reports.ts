import { type Dirent, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import type { Source } from '../report/merge-rounds.ts';
import { reportSchema } from '../report/schema.ts';
import { CommandError, exitCode, usageError } from './exit-code.ts';

const isReport = (entry: Dirent): boolean => entry.isFile() && entry.name === 'report.json';

const filesOf = async (path: string): Promise<string[]> => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw usageError(`${path}: there is no such file or folder`);
  if (!found.isDirectory()) return [resolve(path)];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter(isReport).map((entry) => resolve(join(entry.parentPath, entry.name)));
  if (files.length === 0) throw usageError(`${path}: there is no report.json in it`);
  return files.toSorted();
};

/** Says in a line why a file is no report. */
export const whyNoReport = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ')
    : (error as Error).message;

/**
 * Reads all reports that are named, or lie in folders that are; a CommandError of one line names the file
 * that is none. `except` is left out.
 */
export const readReports = async (
  paths: readonly string[],
  { except }: { except: string },
): Promise<Source[]> => {
  const named = (await Promise.all(paths.map(filesOf))).flat();
  const files = [...new Set(named)].filter((file) => file !== except);
  if (files.length === 0) throw usageError(`${paths.join(' ')}: there is no report but the one to write`);
  return Promise.all(
    files.map(async (file) => {
      const path = relative('', file);
      try {
        return { path, report: reportSchema.parse(JSON.parse(await readFile(file, 'utf8'))) };
      } catch (error) {
        throw new CommandError(
          `${path} is no report of this release: ${whyNoReport(error).slice(0, 300)}`,
          exitCode.notFit,
        );
      }
    }),
  );
};
