import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { pluralize } from '../kube/text.ts';
import { isStray } from '../report/collect.ts';
import { timeKey } from '../report/expected-times.ts';
import { readEvidence } from '../report/html/read-evidence.ts';
import { makeTimeline } from '../report/html/timeline.ts';
import { judgedImages } from '../report/judged.ts';
import type { ReportFile } from '../report/merge-rounds.ts';
import type { ScenarioReport } from '../report/schema.ts';
import { lookAt } from './arguments/checks.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { describeDivergence } from './compare-histories.ts';
import { type ExitCode, exitCode, usageError } from './exit-code.ts';
import { printableText } from './printable.ts';
import { readReports } from './read-reports.ts';

const program = (): Command =>
  newCommand(
    'compare',
    'Shows the verdicts of two runs side by side, and where the histories of a scenario differ.',
  )
    .argument('<one>', 'the results folder of a run')
    .argument('<other>', 'the results folder of another run')
    .addHelpText('after', '\nExit code, as of diff: 0 same verdicts, 1 different, 2 usage, or no report.');

const readOne = async (folder: string): Promise<ReportFile> => {
  const found = lookAt(folder);
  if (!found?.isDirectory())
    throw usageError(
      `${folder || "''"}${found ? ' is a file' : ': there is no such folder'}: name a folder with a report.json`,
    );
  const path = join(folder, 'report.json');
  const [source] = await readReports([path]);
  if (source === undefined) throw usageError(`${folder}: there is no report.json in it`);
  return source;
};

/** A scenario with several rounds counts with the first round that did not pass. */
const verdictsOf = ({ report }: ReportFile): Map<string, ScenarioReport> => {
  const rounds = Map.groupBy(
    report.scenarios.filter((each) => !isStray(each)),
    timeKey,
  );
  const decisive = (all: readonly ScenarioReport[]) => all.find(({ state }) => state !== 'passed') ?? all[0];
  return new Map(
    [...rounds].flatMap(([key, all]) => {
      const one = decisive(all);
      return one === undefined ? [] : [[key, one] as const];
    }),
  );
};

type Pair = { one: ScenarioReport | undefined; other: ScenarioReport | undefined };

const stateOf = (scenario: ScenarioReport | undefined): string => scenario?.state ?? 'not there';

const timelineOf = async ({ path }: ReportFile, scenario: ScenarioReport) => {
  const { evidence, state, duration } = scenario;
  const kept = evidence ? await readEvidence(join(dirname(path), evidence), state === 'passed') : undefined;
  return kept && makeTimeline(kept, duration);
};

const describeWhy = (which: string, { state, reason }: ScenarioReport): string[] => {
  const [first] = (reason ?? '').split('\n');
  return reason === null ? [] : [`  ${which}, ${state}: ${first}`];
};

const describePair = async (
  [first, second]: [ReportFile, ReportFile],
  { one, other }: Pair,
): Promise<string[]> => {
  if (one === undefined || other === undefined) return [];
  const why = [...describeWhy('first', one), ...describeWhy('second', other)];
  const [here, there] = [await timelineOf(first, one), await timelineOf(second, other)];
  const missing = [here, there].flatMap((kept, index) => (kept ? [] : [`the ${sides[index]}`]));
  const parting =
    here && there
      ? describeDivergence(here, there)
      : [`  no history of it was kept by ${missing.join(' and ')}: there is nothing to align`];
  return ['', one.name, ...why, ...parting];
};

const sides = ['first', 'second'];
const widest = 'not-provable'.length;

/** The images that only one of two runs judged, or whose content differs. */
const describeImages = (sources: readonly ReportFile[]): string[] => {
  const [ones = [], others = []] = sources.map(({ report }) => judgedImages(report));
  if (ones.length === 0 || others.length === 0) return [];
  const describe = (images: typeof ones): string[] => images.map(({ name, digest }) => `${name} ${digest}`);
  const [here, there] = [describe(ones), describe(others)];
  return [
    ...here.filter((each) => !there.includes(each)).map((each) => `only in the first: ${each}`),
    ...there.filter((each) => !here.includes(each)).map((each) => `only in the second: ${each}`),
  ];
};

const compare = async (folders: readonly [string, string]): Promise<ExitCode> => {
  const sources: [ReportFile, ReportFile] = [await readOne(folders[0]), await readOne(folders[1])];
  const [ones, others] = sources.map(verdictsOf) as [
    Map<string, ScenarioReport>,
    Map<string, ScenarioReport>,
  ];
  const pairs = [...new Set([...ones.keys(), ...others.keys()])].map((key) => ({
    one: ones.get(key),
    other: others.get(key),
  }));
  const differing = pairs.filter(({ one, other }) => one?.state !== other?.state);
  const lines = [
    ...sources.map(
      ({ report }, index) => `${sides[index]}: ${folders[index]}, run ${report.run}: ${report.judged}`,
    ),
    ...describeImages(sources),
    '',
    ...pairs.map((pair) => {
      const [here, there] = [stateOf(pair.one), stateOf(pair.other)];
      const name = (pair.one ?? pair.other)?.name;
      return `${differing.includes(pair) ? '≠' : ' '} ${here.padEnd(widest)}  ${there.padEnd(widest)}  ${name}`;
    }),
    ...(await Promise.all(differing.map((pair) => describePair(sources, pair)))).flat(),
    '',
    `${pluralize(pairs.length, 'scenario')}: ${differing.length === 0 ? 'the same verdicts' : `${differing.length} ended otherwise`}`,
  ];
  process.stdout.write(`${printableText(lines.join('\n'))}\n`);
  return differing.length === 0 ? exitCode.passed : exitCode.failed;
};

/** `npx corral compare ONE OTHER`. Returns the exit code, as diff does: 0 same, 1 different, 2 error. */
export const runCompareCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  const code = await toExitCode('compare', () => {
    const command = program();
    parseFlags(command, argv);
    const [one = '', other = ''] = command.args;
    return compare([one, other]);
  });
  return code === exitCode.notFit ? exitCode.usage : code;
};
