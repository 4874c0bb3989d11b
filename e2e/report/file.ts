import { statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readNamedFile } from '../kube/named-file.ts';
import { redactAll } from '../kube/redact/redact.ts';
import { type Report, reportSchema } from './schema.ts';
import { verdictsPath, withVerdicts } from './verdicts.ts';
import { writeWhole } from './write-whole.ts';

/** Names the report in a folder of results. */
export const reportPath = (out: string): string => join(out, 'report.json');

/** Names the same report as JUnit, which lies beside it. */
export const junitPath = (out: string): string => join(out, 'junit.xml');

/** Names the page that people look at, which lies beside it too. */
export const pagePath = (out: string): string => join(out, 'report.html');

/**
 * Writes report.json, and the same as junit.xml, each whole or not at all, so that a reader never meets half
 * of one; secrets are redacted.
 */
export const writeReport = async (out: string, report: Report): Promise<string> => {
  // What writes XML is much to read, and most commands that know of reports write none.
  const { composeJunit } = await import('./junit.ts');
  const path = reportPath(out);
  const redacted = redactAll(reportSchema.parse(report));
  await mkdir(out, { recursive: true });
  await writeWhole(path, `${JSON.stringify(redacted, null, 2)}\n`);
  await writeWhole(junitPath(out), composeJunit(redacted));
  return path;
};

/**
 * Reads report.json; undefined where no run has written one. In that of a run whose processes were killed stand
 * the verdicts that it had reached.
 */
export const readReport = async (out: string): Promise<Report | undefined> => {
  const path = reportPath(out);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const report = reportSchema.parse(JSON.parse(readNamedFile(path)));
  return report.end.state === 'runner-died' ? withVerdicts(out, report) : report;
};

/** Removes the report of an earlier run, so that it is never taken for this one's. */
export const removeReport = async (out: string): Promise<void> => {
  for (const path of [reportPath(out), junitPath(out), pagePath(out), verdictsPath(out)])
    await rm(path, { force: true });
};
