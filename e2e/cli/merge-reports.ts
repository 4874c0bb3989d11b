import { relative, resolve } from 'node:path';
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { whyNoFile } from '../kube/named-file.ts';
import { printLines } from '../kube/print-lines.ts';
import { composeClosing, type Paint } from '../report/console.ts';
import { timesOf, writeExpectedTimes } from '../report/expected-times.ts';
import { writeReport } from '../report/file.ts';
import { writePage } from '../report/html/write-page.ts';
import { mergeReports } from '../report/merge.ts';
import { MergeError, type ReportFile } from '../report/merge-rounds.ts';
import { addRealRuns, type RealRuns, readRealRuns, writeRealRuns } from '../report/real-runs.ts';
import { composeRounds } from '../report/rounds.ts';
import type { Report } from '../report/schema.ts';
import { composeVersionTable } from '../report/version-table.ts';
import { checkOutFile, checkOutFolder } from './arguments/checks.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { printable, printableAll } from './printable.ts';
import { withPromises } from './promises/with-promises.ts';
import { readReports } from './read-reports.ts';

type Flags = {
  out: string;
  allowMissing?: true;
  strictBugs?: true;
  table?: true;
  times?: string;
  realRuns?: string;
};

const describe = (): Command =>
  newCommand('merge-reports', 'Merges the reports of shards and rounds into one, and prints the result.')
    .argument('<path...>', 'report.json files, or folders that contain some')
    .option('--out <dir>', 'where the merged report.json goes', '.corral/merged')
    .option('--allow-missing', 'merge also if a shard is missing')
    .option('--times <file>', 'also write the times that --shard splits by: fixtures/expected-times.json')
    .option(
      '--real-runs <file>',
      'also add the verdicts on a real Longhorn to this file: fixtures/real-runs.json',
    )
    .option('--strict-bugs', 'exit code 1 also if all failures are known bugs of Longhorn')
    .option('--table', 'only print a table in Markdown: scenarios by versions of Longhorn');

const complain = (line: string): void => void process.stderr.write(`merge-reports: ${line}\n`);

/**
 * The exit code for some reports, as of a run with all these results. An interruption and a lost cluster come first,
 * then failed scenarios, then runs that did not finish, then differences in the cluster.
 */
const judgeReports = (
  reports: readonly Pick<Report, 'end' | 'totals' | 'differences'>[],
  { strictBugs }: { strictBugs: boolean },
): ExitCode => {
  const ended = (...states: Report['end']['state'][]) =>
    reports.some(({ end }) => states.includes(end.state));
  if (ended('interrupted')) return exitCode.interrupted;
  if (ended('cluster-lost')) return exitCode.notFit;
  const bad = ({ totals }: (typeof reports)[number]) =>
    totals.failed + totals.notProvable + (strictBugs ? totals.knownBugs : 0);
  if (reports.some((each) => bad(each) > 0)) return exitCode.failed;
  if (ended('set-up-failed', 'runner-died') || reports.some(({ differences }) => differences === null))
    return exitCode.notFit;
  return reports.some(({ differences }) => differences?.length) ? exitCode.failed : exitCode.passed;
};

type Merging = {
  out: string;
  allowMissing: boolean;
  strictBugs: boolean;
  times?: string | undefined;
  realRuns?: { file: string; earlier: RealRuns } | undefined;
};

/**
 * Merges reports, writes and prints the merged one, and returns the exit code. Throws a CommandError if the reports
 * do not belong together.
 */
export const mergeAndPrint = async (
  sources: readonly ReportFile[],
  { out, allowMissing, strictBugs, times, realRuns }: Merging,
): Promise<ExitCode> => {
  const { report, missing, doubled } = merge(sources.map((source) => withEvidenceFrom(source, out)));
  for (const line of doubled) complain(printable(line));
  const lacking = `${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
  if (missing.length > 0 && !allowMissing)
    throw new CommandError(
      `${lacking}: name the report, or merge without it by --allow-missing`,
      exitCode.notFit,
    );
  const path = await writeReport(out, report);
  await writePage(out, { merged: true });
  if (times !== undefined) await writeExpectedTimes(times, timesOf(report));
  if (realRuns !== undefined) await writeRealRuns(realRuns.file, addRealRuns(realRuns.earlier, report));
  const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });
  const shown = printableAll(report);
  printLines(...composeRounds(shown, Math.max(1, ...shown.scenarios.map(({ round }) => round))));
  if (missing.length > 0) printLines('', lacking);
  for (const difference of shown.differences ?? []) complain(`not as before the run: ${difference}`);
  printLines(...composeClosing(shown, relative('', path), paint));
  return judgeReports([report], { strictBugs });
};

// The evidence remains in place. The merged report gets paths relative to its own folder.
const withEvidenceFrom = ({ path, report }: ReportFile, out: string): ReportFile => {
  const moved = (evidence: string) => relative(out, resolve(path, '..', evidence));
  const scenarios = report.scenarios.map((each) =>
    each.evidence ? { ...each, evidence: moved(each.evidence) } : each,
  );
  return { path, report: { ...report, scenarios } };
};

const merge = (sources: readonly ReportFile[]) => {
  try {
    const merged = mergeReports(sources);
    return { ...merged, report: withPromises(merged.report) };
  } catch (error) {
    if (error instanceof MergeError) throw new CommandError(printable(error.message), exitCode.notFit);
    throw error;
  }
};

const readEarlier = (file: string): RealRuns => {
  try {
    return readRealRuns(checkOutFile('real-runs', file, 'fixtures/real-runs.json'));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const why = whyNoFile(error) ?? 'it has no verdicts on real Longhorns';
    throw usageError(`--real-runs ${file}: ${why}: name a file like fixtures/real-runs.json`);
  }
};

/** Parses the flags. Throws a CommandError of one line. */
export const parseMergeReports = (argv: readonly string[]): { paths: string[]; flags: Flags } => {
  const command = describe();
  parseFlags(command, argv);
  return { paths: command.args, flags: command.opts<Flags>() };
};

/** `npx corral merge-reports`. Returns the exit code that the merged runs would have as one run. Errors are printed. */
export const runMergeReportsCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('merge-reports', async () => {
    const { paths, flags } = parseMergeReports(argv);
    const { out, allowMissing = false, strictBugs = false, table = false, times, realRuns } = flags;
    const folder = checkOutFolder(out, { writes: !table });
    const file = times === undefined ? undefined : checkOutFile('times', times, 'times.json');
    const runs = realRuns === undefined ? undefined : { file: realRuns, earlier: readEarlier(realRuns) };
    const sources = await readReports(paths, { output: resolve(folder, 'report.json'), writes: !table });
    if (!table)
      return mergeAndPrint(sources, { out: folder, allowMissing, strictBugs, times: file, realRuns: runs });
    printLines(...composeVersionTable(printableAll(sources)));
    return judgeReports(
      sources.map(({ report }) => report),
      { strictBugs },
    );
  });
