import { statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readNamedFile } from '../kube/named-file.ts';
import { redactAll } from '../kube/redact/redact.ts';
import { type Report, reportSchema } from './schema.ts';
import { verdictsPath, withVerdicts } from './verdicts.ts';
import { writeAtomically } from './write-atomically.ts';

export const reportPath = (out: string): string => join(out, 'report.json');

export const junitPath = (out: string): string => join(out, 'junit.xml');

export const pagePath = (out: string): string => join(out, 'report.html');

/**
 * Writes report.json and junit.xml, each completely or not at all, so that no reader gets an incomplete file. Secrets
 * are redacted.
 */
export const writeReport = async (out: string, report: Report): Promise<string> => {
  // Loaded here, because the XML library is large and most commands that import this file write no report.
  const { composeJunit } = await import('./junit.ts');
  const path = reportPath(out);
  const redacted = redactAll(reportSchema.parse(report));
  await mkdir(out, { recursive: true });
  await writeAtomically(path, `${JSON.stringify(redacted, null, 2)}\n`);
  await writeAtomically(junitPath(out), composeJunit(redacted));
  return path;
};

/**
 * Reads report.json. Undefined if there is none. If the run's processes were killed, the report contains the verdicts
 * that were written before.
 */
export const readReport = async (out: string): Promise<Report | undefined> => {
  const path = reportPath(out);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const report = reportSchema.parse(JSON.parse(readNamedFile(path)));
  return report.end.state === 'runner-died' ? withVerdicts(out, report) : report;
};

/** Removes the report of an earlier run, so that nobody takes it for the report of this run. */
export const removeReport = async (out: string): Promise<void> => {
  for (const path of [reportPath(out), junitPath(out), pagePath(out), verdictsPath(out)])
    await rm(path, { force: true });
};
