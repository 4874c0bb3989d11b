import { relative } from 'node:path';
import { isStray } from '../report/collect.ts';
import { timeKey } from '../report/expected-times.ts';
import { readReport, reportPath } from '../report/file.ts';
import type { Report, ScenarioReport } from '../report/schema.ts';
import { usageError } from './exit-code.ts';
import { describeNoReport } from './read-reports.ts';

/** What the last run left to be run again: its report, and the scenarios by their keys (see timeKey). */
export type LastFailed = { path: string; keys: ReadonlySet<string> };

// One that others or the cluster did not have, or that was not allowed, would be skipped again.
const wasCut = ({ end }: Report, { state, startedAt, interrupted }: ScenarioReport): boolean =>
  state === 'skipped' && (startedAt === null ? end.state !== 'finished' : interrupted === true);

/**
 * Reads what did not pass in the report of the last run, in whatever round: it failed, was not provable, or
 * was cut short. Throws a CommandError where there is no report.
 */
export const readLastFailed = async (out: string): Promise<LastFailed> => {
  const path = relative('', reportPath(out));
  const report = await readReport(out).catch((error: unknown) => {
    throw usageError(`--last-failed: ${describeNoReport(path, error)}`);
  });
  if (report === undefined)
    throw usageError(
      `--last-failed: there is no ${path} of an earlier run: name its folder by --out, or run all`,
    );
  const failed = report.scenarios.filter(
    (each) =>
      !isStray(each) && (each.state === 'failed' || each.state === 'not-provable' || wasCut(report, each)),
  );
  return { path, keys: new Set(failed.map(timeKey)) };
};
