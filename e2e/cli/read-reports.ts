import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { readNamedFile, whyNoFile } from '../kube/named-file.ts';
import type { ReportFile } from '../report/merge-rounds.ts';
import { reportSchema } from '../report/schema.ts';
import { lookAt } from './arguments/checks.ts';
import { CommandError, exitCode, usageError } from './exit-code.ts';

const isReport = (entry: Dirent): boolean => entry.isFile() && entry.name === 'report.json';

const filesOf = async (path: string): Promise<string[]> => {
  const found = lookAt(path);
  if (found === undefined) throw usageError(`${path || "''"}: there is no such file or folder`);
  if (!found.isDirectory()) return [resolve(path)];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
    throw new CommandError(describeNoReport(path, error), exitCode.notFit);
  });
  const files = entries.filter(isReport).map((entry) => resolve(join(entry.parentPath, entry.name)));
  if (files.length === 0) throw usageError(`${path}: there is no report.json in it`);
  return files.toSorted();
};

/** Describes in one line why a file is not a valid report. The content of the file is not part of the message. */
export const describeNoReport = (path: string, error: unknown): string => {
  const unread = whyNoFile(error);
  if (unread !== undefined) return `${path} cannot be read: ${unread}`;
  const what = `${path} is no report of this release`;
  if (error instanceof SyntaxError) return `${what}: it is no JSON, or cut off`;
  if (!(error instanceof z.ZodError)) return `${what}: ${(error as Error).message}`;
  const [first, ...others] = error.issues.map(
    ({ path, message }) => `${path.join('.') || 'it'}: ${message.replace('Invalid input: ', '')}`,
  );
  return `${what}: ${first}${others.length === 0 ? '' : `, and ${others.length} more`}`;
};

const readReport = (file: string): ReportFile => {
  const path = relative('', file);
  try {
    return { path, report: reportSchema.parse(JSON.parse(readNamedFile(file))) };
  } catch (error) {
    throw new CommandError(describeNoReport(path, error), exitCode.notFit);
  }
};

/** Whether a report has only what the others have, as the output of an earlier merge of them. */
const isMergedFrom = (others: readonly ReportFile[], { report }: ReportFile): boolean =>
  report.shard === undefined &&
  report.run.split(',').every((run) => others.some((other) => other.report.run === run));

/**
 * Reads the given report files, and all reports in the given folders. The file `output` is left out if it is an earlier
 * merge of the others. Throws a CommandError for an invalid file, and if `output` has more and will be overwritten.
 */
export const readReports = async (
  paths: readonly string[],
  { output, writes = true }: { output?: string; writes?: boolean } = {},
): Promise<ReportFile[]> => {
  const files = [...new Set((await Promise.all(paths.map(filesOf))).flat())];
  const sources = files.filter((file) => file !== output).map(readReport);
  if (output === undefined || sources.length === files.length) return sources;
  const earlier = readReport(output);
  if (sources.length > 0 && isMergedFrom(sources, earlier)) return sources;
  if (!writes) return [...sources, earlier];
  throw usageError(
    `--out ${dirname(earlier.path)}: ${earlier.path} is one of the reports to merge, and would be overwritten: name another folder`,
  );
};
