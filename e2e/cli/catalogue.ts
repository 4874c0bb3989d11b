import { createVitest, type TestCase, type TestRunResult } from 'vitest/node';
import { toFile } from '../report/collect.ts';
import { keepSignals } from '../report/interruption.ts';
import type { ScenarioReport } from '../report/schema.ts';
import { projectName } from '../suite/play/reporter.ts';
import { tags } from '../suite/tags.ts';
import { joinTags } from './arguments/checks.ts';
import type { Arguments } from './arguments/parse.ts';
import { CommandError, exitCode, usageError } from './exit-code.ts';
import { inOneLine } from './in-one-line.ts';
import { configLoader } from './play.ts';

/** A scenario that was chosen to run. */
export type Chosen = Pick<ScenarioReport, 'name' | 'file' | 'seed' | 'tags'>;

// Vitest reads the expression in the process that loads the files, so that its faults come up among the errors of that.
const explainStray = (message: string, expression: string | undefined): CommandError => {
  const unknown = /^The tag pattern (".*") is not defined/.exec(message)?.[1];
  if (unknown !== undefined)
    return usageError(`--tags ${expression}: there is no tag ${unknown}; there are: ${tags.map(({ name }) => name).join(', ')}`);
  const invalid = /^Invalid tags expression: (.*) in ".*"$/.exec(message)?.[1];
  if (invalid !== undefined) return usageError(`--tags ${expression}: ${invalid}: ${joinTags}`);
  return new CommandError(`the scenarios do not load: ${inOneLine(message)}`, exitCode.notFit);
};

const throwIfBroken = ({ testModules, unhandledErrors }: TestRunResult, expression: string | undefined): void => {
  for (const module of testModules) {
    const [error] = module.errors();
    if (error !== undefined) throw new CommandError(`${toFile(module)} does not load: ${inOneLine(error.message)}`, exitCode.notFit);
  }
  const [stray] = unhandledErrors;
  if (stray !== undefined) throw explainStray((stray as Error).message, expression);
};

const explainNone = (all: TestCase[], chosen: Pick<Arguments, 'only' | 'tags'>): CommandError => {
  if (all.length === 0) return new CommandError('there are no scenarios', exitCode.notFit);
  const flags = (['only', 'tags'] as const).filter((flag) => chosen[flag] !== undefined).map((flag) => `--${flag} ${chosen[flag]}`);
  const names = all.map((test) => `"${test.name}" (${test.tags.join(', ') || 'no tags'})`);
  return usageError(`${flags.join(' with ')} chooses no scenario; there are: ${names.join(', ')}`);
};

const describeTest = (test: TestCase): Chosen => ({
  name: test.name,
  file: toFile(test.module),
  seed: test.meta().corral?.seed ?? null,
  tags: [...test.tags],
});

/** All scenarios there are, and those of them that were chosen. */
export type Catalogue = { all: Chosen[]; chosen: Chosen[] };

/**
 * Lists the scenarios there are, and those that `--only` and `--tags` choose, before anything is started: by loading their files, nothing of them runs.
 * Throws a CommandError when none is chosen, which names those there are, and when a file does not load.
 */
export const listScenarios = async (config: string, chosen: Pick<Arguments, 'only' | 'tags'>): Promise<Catalogue> => {
  const vitest = await keepSignals(() =>
    createVitest({
      config,
      configLoader,
      watch: false,
      // One process loads all files: they are only looked at, and each would take a second to start.
      isolate: false,
      fileParallelism: false,
      project: [projectName],
      ...(chosen.only === undefined ? {} : { testNamePattern: chosen.only }),
      ...(chosen.tags === undefined ? {} : { tagsFilter: [chosen.tags] }),
    }),
  );
  try {
    const loaded = await vitest.collect([], { staticParse: false });
    throwIfBroken(loaded, chosen.tags);
    const all = loaded.testModules.flatMap((module) => [...module.children.allTests()]);
    const tests = all.filter((test) => test.options.mode === 'run');
    if (tests.length === 0) throw explainNone(all, chosen);
    return { all: all.map(describeTest), chosen: tests.map(describeTest) };
  } finally {
    await vitest.close();
  }
};
