import { addRound, composeReport, toNotRun } from '../report/compose-report.ts';
import { readReport, writeReport } from '../report/file.ts';
import type { Report } from '../report/schema.ts';
import { withVerdicts } from '../report/verdicts.ts';
import type { Chosen } from './choice.ts';
import { withPromises } from './promises/with-promises.ts';

/** What is known about a round before its first scenario has run. */
export type NotRun = Pick<Report, 'run' | 'provider' | 'target' | 'shard'> & {
  startedAt: Date;
  chosen: Chosen[];
  round: number;
};

/** Writes a report in which a round did not reach its scenarios. All are skipped, with the reason. */
export const writeNotRun = async (
  out: string,
  { chosen, round, ...run }: NotRun,
  end: Report['end'],
): Promise<Report> => {
  const scenarios = chosen.map((each) =>
    toNotRun({ ...each, store: each.declared.store, round }, end.reason ?? end.state),
  );
  const report = composeReport({ ...run, kubernetes: null, end, scenarios });
  const whole = addRound(await readReport(out), report, round);
  await writeReport(out, whole);
  return whole;
};

/**
 * Writes the report at the start of a round. It remains if all processes of the run are killed. Its readers then add
 * the verdicts that were written before (see readReport).
 */
export const writeStartReport = (out: string, notRun: NotRun): Promise<Report> =>
  writeNotRun(out, notRun, {
    state: 'runner-died',
    reason: 'the run has not ended, or all its processes were killed',
  });

/**
 * Ensures that the report contains every chosen scenario of the latest round, and returns it. The process that runs
 * the scenarios may have been killed before it wrote a report, and does not report files that it did not reach. The
 * verdicts written until then are on disk.
 */
export const concludeReport = async (
  out: string,
  notRun: NotRun,
  ended: { interrupted: string | undefined; lost: string | undefined; runnerFailure: string | undefined },
): Promise<Report> => {
  const { round, chosen } = notRun;
  // The process that runs the scenarios does not know that its cluster was lost, nor who began the interruption.
  const cut: Report['end'] | undefined =
    ended.lost !== undefined
      ? { state: 'cluster-lost', reason: ended.lost }
      : ended.interrupted !== undefined
        ? { state: 'interrupted', reason: ended.interrupted }
        : undefined;
  const written = await readReport(out);
  const isWritten = (one: Report | undefined): one is Report =>
    one !== undefined &&
    one.end.state !== 'runner-died' &&
    one.scenarios.some((each) => each.round === round);
  const died: Report['end'] = {
    state: 'runner-died',
    reason: ended.runnerFailure ?? 'no report was written',
  };
  const report = isWritten(written) ? written : await writeNotRun(out, notRun, cut ?? died);
  const isRun = ({ name, file }: Chosen) =>
    report.scenarios.some((each) => each.round === round && each.name === name && each.file === file);
  const missing = chosen
    .filter((each) => !isRun(each))
    .map((each) =>
      toNotRun({ ...each, store: each.declared.store, round }, 'the run ended before it started'),
    );
  const whole = withPromises(
    withVerdicts(out, {
      ...report,
      end: cut ?? report.end,
      scenarios: [...report.scenarios, ...missing],
    }),
  );
  await writeReport(out, whole);
  return whole;
};
