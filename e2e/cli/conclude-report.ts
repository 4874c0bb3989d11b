import { addRound, composeReport, toUnplayed } from '../report/compose-report.ts';
import { readReport, writeReport } from '../report/file.ts';
import { countStates, type Report } from '../report/schema.ts';
import type { Chosen } from './choice.ts';

/** What is known of a round of a run before a scenario of it has run. */
export type Unplayed = Pick<Report, 'run' | 'provider' | 'target' | 'shard'> & {
  startedAt: Date;
  chosen: Chosen[];
  round: number;
};

/** Writes into the report that a round never got to its scenarios: each is skipped, with the reason. */
export const writeUnplayed = async (
  out: string,
  { chosen, round, ...run }: Unplayed,
  end: Report['end'],
): Promise<Report> => {
  const scenarios = chosen.map((each) =>
    toUnplayed({ ...each, store: each.declared.store, round }, end.reason ?? end.state),
  );
  const report = composeReport({ ...run, kubernetes: null, end, scenarios });
  const whole = addRound(await readReport(out), report, round);
  await writeReport(out, whole);
  return whole;
};

/**
 * Makes sure that a run has a report with every chosen scenario of the latest round in it, and returns it.
 * The process that plays them may have ended before it wrote one, and knows nothing of files that it did not
 * get to.
 */
export const concludeReport = async (
  out: string,
  unplayed: Unplayed,
  ended: { interrupted: boolean; lost: string | undefined; trouble: string | undefined },
): Promise<Report> => {
  const written = await readReport(out);
  const lost: Report['end'] | undefined =
    ended.lost === undefined ? undefined : { state: 'cluster-lost', reason: ended.lost };
  const cut = ended.interrupted ? 'interrupted' : 'runner-died';
  const played = written?.scenarios.some((each) => each.round === unplayed.round);
  if (written === undefined || !played)
    return writeUnplayed(
      out,
      unplayed,
      lost ?? { state: cut, reason: ended.trouble ?? 'no report was written' },
    );
  const report = { ...written, end: lost ?? written.end };
  const { round } = unplayed;
  const isPlayed = ({ name, file }: Chosen) =>
    report.scenarios.some((each) => each.round === round && each.name === name && each.file === file);
  const missing = unplayed.chosen.filter((each) => !isPlayed(each));
  if (missing.length === 0 && lost === undefined) return report;
  const scenarios = [
    ...report.scenarios,
    ...missing.map((each) =>
      toUnplayed({ ...each, store: each.declared.store, round }, 'the run ended before it started'),
    ),
  ];
  const whole = { ...report, scenarios, totals: countStates(scenarios) };
  await writeReport(out, whole);
  return whole;
};
