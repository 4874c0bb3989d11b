import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { whyNoFile } from '../kube/named-file.ts';
import { pluralize } from '../kube/text.ts';
import { pagePath } from '../report/file.ts';
import { makeRun, makeRunOfFile, type RunOfPage } from '../report/html/page-run.ts';
import { readBundle } from '../report/html/read-bundle.ts';
import { writePageOf } from '../report/html/write-page.ts';
import { checkOutFile, lookAt } from './arguments/checks.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';
import { readReports } from './read-reports.ts';

type Flags = { out?: string };

const describe = (): Command =>
  newCommand('report', 'Writes report.html for one run, for several, or for the bundle of a scenario.')
    .argument('<path...>', 'report.json files, folders that contain some, or bundles (.tar.gz) of scenarios')
    .option(
      '--out <file>',
      'where the page goes (default: report.html beside the one report, .corral/report.html for several)',
    );

// A folder contains reports, even if its name ends in .tar.gz.
const isBundle = (path: string): boolean => /\.(tar\.gz|tgz)$/.test(path) && lookAt(path)?.isFile() === true;

const describeNoBundle = (path: string, error: unknown): string => {
  const unread = whyNoFile(error);
  return unread === undefined
    ? `${path} is no bundle of this release: ${(error as Error).message.slice(0, 300)}`
    : `${path} cannot be read: ${unread}`;
};

const runOfBundle = async (path: string): Promise<RunOfPage> => {
  try {
    const { report, evidence } = await readBundle(path);
    return await makeRun(report, { source: path, runs: [], find: async () => evidence });
  } catch (error) {
    throw new CommandError(describeNoBundle(path, error), exitCode.notFit);
  }
};

const readRunsOf = async (paths: readonly string[]): Promise<{ runs: RunOfPage[]; sources: string[] }> => {
  const [bundles, others] = [paths.filter(isBundle), paths.filter((path) => !isBundle(path))];
  const sources = others.length === 0 ? [] : await readReports(others);
  const runs = [];
  for (const { path, report } of sources) runs.push(await makeRunOfFile(report, path));
  for (const path of bundles) runs.push(await runOfBundle(path));
  const latestFirst = runs.toSorted((one, other) => other.run.startedAt.localeCompare(one.run.startedAt));
  return { runs: latestFirst, sources: [...sources.map(({ path }) => path), ...bundles] };
};

const defaultOut = (sources: readonly string[]): string => {
  const [only = '', ...others] = sources;
  if (others.length > 0) return resolve('.corral', 'report.html');
  return isBundle(only) ? resolve(only.replace(/\.(tar\.gz|tgz)$/, '.html')) : pagePath(resolve(only, '..'));
};

const write = async (paths: readonly string[], { out }: Flags): Promise<void> => {
  const named = out === undefined ? undefined : checkOutFile('out', out, 'report.html');
  const { runs, sources } = await readRunsOf(paths);
  const file = named ?? checkOutFile('out', defaultOut(sources), 'report.html');
  await writePageOf(file, runs).catch((error) => {
    const why = whyNoFile(error);
    throw why === undefined ? error : new CommandError(`${file} cannot be written: ${why}`, exitCode.notFit);
  });
  const { size } = await stat(file);
  process.stdout.write(
    `${relative('', file)}: ${pluralize(runs.length, 'run')}, ${(size / 1e6).toFixed(1)} MB\n`,
  );
};

/** `npx corral report`. Returns the exit code. Errors are printed. Writing the page of a failed run is a success. */
export const runReportCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('report', async () => {
    const command = describe();
    parseFlags(command, argv);
    await write(command.args, command.opts<Flags>());
    return exitCode.passed;
  });
