import { composeReport, toUnplayed } from '../report/compose-report.ts';
import { readReport, writeReport } from '../report/file.ts';
import { countStates, type Report } from '../report/schema.ts';
import type { Chosen } from './catalogue.ts';

/** What is known of a run before a scenario of it has run. */
export type Unplayed = Pick<Report, 'run' | 'provider' | 'target'> & { startedAt: Date; chosen: Chosen[] };

/** Writes the report of a run that never got to its scenarios: each is skipped, with the reason. */
export const writeUnplayed = async (out: string, { chosen, ...run }: Unplayed, end: Report['end']): Promise<Report> => {
  const scenarios = chosen.map((each) => toUnplayed(each, end.reason ?? end.state));
  const report = composeReport({ ...run, kubernetes: null, end, scenarios });
  await writeReport(out, report);
  return report;
};

/**
 * Makes sure that a run has a report with every chosen scenario in it, and returns it. The process that plays them may have ended
 * before it wrote one, and knows nothing of files that it did not get to.
 */
export const concludeReport = async (
  out: string,
  unplayed: Unplayed,
  ended: { interrupted: boolean; lost: string | undefined; trouble: string | undefined },
): Promise<Report> => {
  const written = await readReport(out);
  const lost: Report['end'] | undefined = ended.lost === undefined ? undefined : { state: 'cluster-lost', reason: ended.lost };
  const cut = ended.interrupted ? 'interrupted' : 'runner-died';
  if (written === undefined) return writeUnplayed(out, unplayed, lost ?? { state: cut, reason: ended.trouble ?? 'no report was written' });
  const report = { ...written, end: lost ?? written.end };
  const missing = unplayed.chosen.filter(({ name, file }) => !report.scenarios.some((each) => each.name === name && each.file === file));
  if (missing.length === 0 && lost === undefined) return report;
  const scenarios = [...report.scenarios, ...missing.map((each) => toUnplayed(each, 'the run ended before it started'))];
  const whole = { ...report, scenarios, totals: countStates(scenarios) };
  await writeReport(out, whole);
  return whole;
};
