import { dirname, relative } from 'node:path';
import type { TestCase, TestRunResult } from 'vitest/node';
import { makeRunId } from '../config/run-id.ts';
import { pluralize } from '../kube/text.ts';
import { usedByEveryScenario } from '../longhorn/shared.ts';
import { toFile } from '../report/collect.ts';
import { composeReport } from '../report/compose-report.ts';
import { composeClosing } from '../report/console.ts';
import { readExpectedTimes, timeKey } from '../report/expected-times.ts';
import { writeReport } from '../report/file.ts';
import { withoutNewSignalHandlers } from '../report/interruption.ts';
import { streamFor } from '../report/output.ts';
import { printStart } from '../report/print-ends.ts';
import type { ScenarioReport, ShardReport } from '../report/schema.ts';
import type { Declared } from '../suite/run/fixture.ts';
import { projectName } from '../suite/run/reporter.ts';
import type { Arguments } from './arguments/parse.ts';
import { CommandError, type ExitCode, exitCode, inOneLine, usageError } from './exit-code.ts';
import type { LastFailed } from './last-failed.ts';
import { exactNamePattern, takeShard } from './shard.ts';
import { configLoader } from './spawn-runner.ts';

export type Chosen = Pick<ScenarioReport, 'name' | 'file' | 'seed' | 'tags'> & { declared: Declared };

const throwIfBroken = ({ testModules, unhandledErrors }: TestRunResult): void => {
  for (const module of testModules) {
    const [error] = module.errors();
    if (error !== undefined)
      throw new CommandError(`${toFile(module)} does not load: ${inOneLine(error.message)}`, exitCode.notFit);
  }
  const [stray] = unhandledErrors;
  if (stray !== undefined)
    throw new CommandError(
      `the scenarios do not load: ${inOneLine((stray as Error).message)}`,
      exitCode.notFit,
    );
};

const flagsOf = (chosen: Pick<Arguments, 'only' | 'tags'>): string[] =>
  (['only', 'tags'] as const)
    .filter((flag) => chosen[flag] !== undefined)
    .map((flag) => `--${flag} ${chosen[flag]}`);

const explainNone = (all: TestCase[], chosen: Pick<Arguments, 'only' | 'tags'>): CommandError => {
  if (all.length === 0) return new CommandError('there are no scenarios', exitCode.notFit);
  return usageError(
    `${flagsOf(chosen).join(' with ')}: none of the ${all.length} scenarios matches; npx corral e2e --list --all lists them`,
  );
};

const describeTest = (test: TestCase): Chosen => ({
  name: test.name,
  file: toFile(test.module),
  seed: test.meta().corral?.seed ?? null,
  tags: [...test.tags],
  declared: test.meta().corralDeclared ?? { needs: [], exclusive: [], disruptions: [], longhorn: '*' },
});

/**
 * Whether a scenario is chosen by default: it comes from a seed document, and is not a repetition on another kind of
 * store.
 */
const isOfSeed = ({ seed, declared }: Chosen): boolean => seed !== null && declared.again !== true;

/** Whether no other scenario runs beside this one. A shard with too many of these takes longer than the others. */
const runsAlone = ({ declared }: Chosen): boolean =>
  declared.exclusive.some((each) => usedByEveryScenario.includes(each));

/** All scenarios, and the chosen ones. */
type Catalogue = { all: Chosen[]; chosen: Chosen[] };

/**
 * Lists all scenarios and those that `--only` and `--tags` choose. It loads their files without running anything.
 * Throws a CommandError if no scenario matches or if a file does not load.
 */
const listScenarios = async (
  config: string,
  chosen: Pick<Arguments, 'only' | 'tags' | 'store'>,
): Promise<Catalogue> => {
  // Loaded here: vitest is a third of all code that the command loads, and is not needed to report a wrong flag.
  const { createVitest } = await import('vitest/node');
  const vitest = await withoutNewSignalHandlers(() =>
    createVitest({
      config,
      configLoader,
      watch: false,
      root: dirname(config),
      project: [projectName],
      provide: { corralStore: chosen.store },
      ...(chosen.only === undefined
        ? {}
        : { testNamePattern: `(?:${chosen.only})|${exactNamePattern([{ name: chosen.only }])}` }),
      ...(chosen.tags === undefined ? {} : { tagsFilter: [chosen.tags] }),
    }),
  );
  try {
    const loaded = await vitest.collect([], { staticParse: false });
    throwIfBroken(loaded);
    const all = loaded.testModules.flatMap((module) => [...module.children.allTests()]);
    const matching = all.filter((test) => test.options.mode === 'run');
    if (matching.length === 0) throw explainNone(all, chosen);
    const named = matching.filter(({ name }) => name === chosen.only);
    const tests = named.length > 0 ? named : matching;
    return { all: all.map(describeTest), chosen: tests.map(describeTest) };
  } finally {
    await vitest.close();
  }
};

/** The scenarios of a run. */
export type Choice = {
  chosen: Chosen[];
  /** If only scenarios of the seed documents were chosen: the scenarios that `--all` would add. */
  others: Chosen[];
  shard?: ShardReport | undefined;
  /**
   * A regular expression for names that, together with the tags and the files, matches exactly the chosen scenarios.
   */
  only: string | undefined;
};

/** Describes in one line how many scenarios were chosen, with the provider and the Longhorn. */
export const describeChoice = (
  { chosen, others, shard }: Pick<Choice, 'chosen' | 'others' | 'shard'>,
  {
    provider,
    longhorn,
    upgradeTo,
  }: Pick<Arguments, 'provider' | 'longhorn'> & { upgradeTo?: string | undefined },
): string =>
  `${pluralize(chosen.length, 'scenario')}${others.length === 0 ? '' : ' of the seed documents'}${shard === undefined ? '' : ` (shard ${shard.index}/${shard.of})`}, provider ${provider}, Longhorn: ${longhorn}${upgradeTo === undefined ? '' : `, upgraded to ${upgradeTo}`}`;

const takeFailed = (
  named: readonly Chosen[],
  { path, keys }: LastFailed,
  chosen: Pick<Arguments, 'only' | 'tags'>,
): Chosen[] => {
  const failed = named.filter((each) => keys.has(timeKey(each)));
  if (failed.length > 0) return failed;
  throw usageError(
    `${['--last-failed', ...flagsOf(chosen)].join(' with ')}: no scenario matches; in ${path} did not pass: ${[...keys].join(', ')}`,
  );
};

const takeOfSeeds = (named: readonly Chosen[]): Chosen[] => {
  const ofSeeds = named.filter(isOfSeed);
  if (ofSeeds.length > 0) return ofSeeds;
  throw usageError(
    `no scenario comes from a seed document (fixtures/seeds): choose all ${named.length} by --all, or some by --only or --tags`,
  );
};

/**
 * Chooses the scenarios to run, by default those of the seed documents. The result can be empty only for a shard.
 * Throws the same errors as listScenarios.
 */
export const chooseScenarios = async (
  config: string,
  args: Pick<Arguments, 'all' | 'only' | 'tags' | 'shard' | 'store'> & { last?: LastFailed | undefined },
): Promise<Choice> => {
  const { all, chosen: named } = await listScenarios(config, args);
  const failed = args.last === undefined ? named : takeFailed(named, args.last, args);
  const chosen = args.all ? failed : takeOfSeeds(failed);
  const others = args.all ? [] : named.filter((each) => !isOfSeed(each));
  const isAll = args.all && args.last === undefined && args.only === undefined;
  if (args.shard === undefined) return { chosen, others, only: isAll ? undefined : exactNamePattern(chosen) };
  const groups = [all.filter(isOfSeed), all.filter(runsAlone)];
  const taken = takeShard(args.shard, { all, chosen, times: readExpectedTimes(), groups });
  return { ...taken, others, only: exactNamePattern(taken.chosen) };
};

/**
 * Reports that a shard has nothing to run, without starting a cluster. This is not a failure: there may be more
 * shards than scenarios.
 */
export const printEmptyShard = async (
  args: Pick<Arguments, 'out' | 'provider' | 'longhorn' | 'output'>,
  { shard }: Choice,
): Promise<ExitCode> => {
  const report = composeReport({
    run: makeRunId(),
    startedAt: new Date(),
    provider: args.provider,
    target: { name: args.longhorn.replace(/:.*$/s, ''), version: null },
    kubernetes: null,
    end: { state: 'finished', reason: null },
    shard,
    scenarios: [],
  });
  printStart(args.output, { ...report, scenarios: 0 });
  const path = await writeReport(args.out, report);
  const stream = streamFor(args.output);
  stream.write(`shard ${shard?.index}/${shard?.of} gets no scenario of the chosen ones: none was run\n`);
  for (const line of composeClosing(report, relative('', path), (_, text) => text)) stream.write(`${line}\n`);
  return exitCode.passed;
};
