import { appendFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { redact } from '../kube/redact/redact.ts';
import { composeAnnotations } from './annotations.ts';
import { junitPath, readReport, reportPath } from './file.ts';
import { composeJobSummary } from './job-summary.ts';
import { toJsonLine } from './json-narrator.ts';
import { type Output, streamFor } from './output.ts';
import type { Report } from './schema.ts';

/**
 * With `--output json`, prints the event that a run begins. `scenarios` is the number of scenarios, or null if it is
 * unknown.
 */
export const printStart = (
  output: Output,
  start: Pick<Report, 'run' | 'provider' | 'target'> & { scenarios: number | null },
): void => {
  const { run, provider, target, scenarios } = start;
  if (output === 'json')
    process.stdout.write(toJsonLine({ event: 'run-start', run, provider, target, scenarios }));
};

/** GitHub's limit for the summary of a step, in bytes. A larger summary is rejected. */
const mostOfSummary = 1024 * 1024;

const writeSummary = async (path: string, report: Report): Promise<void> => {
  const before = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  // A summary that cannot be written does not fail the run.
  await appendFile(path, redact(composeJobSummary(report, mostOfSummary - before))).catch((error: Error) => {
    process.stderr.write(`e2e: no job summary: ${error.message}\n`);
  });
};

/**
 * Reports the end of a run to GitHub (annotations and job summary, if this is a job of GitHub Actions) and to
 * programs that read `--output json`.
 */
export const printEnd = async (out: string, output: Output): Promise<void> => {
  const report = await readReport(out);
  if (report === undefined) return;
  const { env } = process;
  if (env.GITHUB_ACTIONS) {
    for (const line of composeAnnotations(report)) streamFor(output).write(`${line}\n`);
    if (env.GITHUB_STEP_SUMMARY) await writeSummary(env.GITHUB_STEP_SUMMARY, report);
  }
  if (output !== 'json') return;
  const { run, duration, provider, target, judged, end, totals, differences } = report;
  const [path, junit] = [reportPath(out), junitPath(out)].map((each) => relative('', each)) as [
    string,
    string,
  ];
  process.stdout.write(
    toJsonLine({
      event: 'run-end',
      run,
      duration,
      provider,
      target,
      judged,
      end,
      totals,
      differences,
      report: path,
      junit,
    }),
  );
};
