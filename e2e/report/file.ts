import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, reportSchema } from './schema.ts';

/** Names the report in a folder of results. */
export const reportPath = (out: string): string => join(out, 'report.json');

/** Writes report.json whole or not at all: a reader never meets half of one. */
export const writeReport = async (out: string, report: Report): Promise<string> => {
  const path = reportPath(out);
  await mkdir(out, { recursive: true });
  await writeFile(`${path}.part`, `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`);
  await rename(`${path}.part`, path);
  return path;
};

/** Reads report.json; undefined where no run has written one. */
export const readReport = async (out: string): Promise<Report | undefined> => {
  const text = await readFile(reportPath(out), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : reportSchema.parse(JSON.parse(text));
};

/** Removes the report of an earlier run, so that it is never taken for this one's. */
export const removeReport = (out: string): Promise<void> => rm(reportPath(out), { force: true });
