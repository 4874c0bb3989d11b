import { relative } from 'node:path';
import { isStray } from '../report/collect.ts';
import { timeKey } from '../report/expected-times.ts';
import { readReport, reportPath } from '../report/file.ts';
import type { Report, ScenarioReport } from '../report/schema.ts';
import { usageError } from './exit-code.ts';
import { describeNoReport } from './read-reports.ts';

/** The scenarios of the last run to run again: the path of its report, and the keys of the scenarios (see timeKey). */
export type LastFailed = { path: string; keys: ReadonlySet<string> };

// Whether it was skipped because the run ended early. One skipped for another reason would be skipped again.
const wasCut = ({ end }: Report, { state, startedAt, interrupted }: ScenarioReport): boolean =>
  state === 'skipped' && (startedAt === null ? end.state !== 'finished' : interrupted === true);

/**
 * Reads the scenarios that failed, were not provable, or were cut short in any round of the last run. Throws a
 * CommandError if there is no report.
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
