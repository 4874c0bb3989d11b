import { fileURLToPath } from 'node:url';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { Vite } from 'vitest/node';
import {
  ConfigError,
  findRunConfig,
  isHandedOn,
  type RunConfig,
  readRunConfig,
  storeChoice,
} from '../config/config.ts';
import { whyNotWritable } from '../kube/writable.ts';
import { goOnWithoutReader } from '../report/without-reader.ts';
import { createReporter, projectName } from './run/reporter.ts';
import { sideBySidePool } from './side-by-side/pool.ts';
import { tags } from './tags.ts';
import { whyNoTags } from './tags-expression.ts';

/** Looks at the cluster before anything is made in it; throws where it may not be run on. */
export type ClusterGuard = (config: RunConfig) => Promise<void>;

// Thrown, it would come with a stack.
const refuseNoTags = (expression: string): void => {
  const why = whyNoTags(expression);
  if (why === undefined) return;
  process.stderr.write(`e2e: --tags-filter ${expression}: ${why}\n`);
  process.exit(2);
};

// The command has looked at the folder itself.
const refuseFolder = (config: RunConfig): RunConfig => {
  const why = process.connected ? undefined : whyNotWritable(config.out);
  if (why !== undefined) throw new ConfigError(`CORRAL_OUT ${config.out}: ${why}: name another folder`);
  return config;
};

// Reporters belong to a whole run of vitest, not to one of its projects: this one joins when this project is
// among those that run, and stands alone when nothing else does.
const reportScenarios = (guard: ClusterGuard | undefined): Vite.Plugin => ({
  name: 'corral-report',
  configureVitest: ({ vitest, project }) => {
    goOnWithoutReader();
    // Vitest's own for its end, 10 s, ran out on a machine that was busy with labs.
    vitest.config.teardownTimeout = 60_000;
    for (const expression of vitest.config.cliOptions.tagsFilter ?? []) refuseNoTags(expression);
    // Scenarios are no calls of `test`, so that who reads the files finds none: they are run, as far as that
    // they give their names.
    const collect = vitest.collect.bind(vitest);
    vitest.collect = (filters, options) => collect(filters, { ...options, staticParse: false });
    // The command has looked at the cluster itself.
    const byCommand = process.connected && isHandedOn(process.env);
    // Read once, for all that belongs to the run. What is wrong with it, the reporter says.
    const config = findRunConfig(process.env);
    if (config !== undefined) project.provide('corralConfig', config);
    // Who lists the scenarios has chosen already.
    if (project.getProvidedContext().corralStore === undefined)
      project.provide('corralStore', config?.store ?? storeChoice(process.env));
    project.config.sequence.concurrent = config?.workers !== 1;
    const chosen = vitest.config.cliOptions.reporters ?? vitest.config.cliOptions.reporter;
    const alone = chosen === undefined && vitest.projects.every(({ name }) => name === projectName);
    vitest.config.reporters = [
      ...(alone ? [] : vitest.config.reporters),
      createReporter({
        alone,
        readConfig: () => refuseFolder(config ?? readRunConfig(process.env)),
        guard: byCommand ? undefined : guard,
      }),
    ];
  },
});

/**
 * The vitest project of the scenarios in the files given: side by side in one process, as they wait for
 * Longhorn and not for a processor, unless the run has one worker. No retry, no time-out but the
 * scenarios' own; `guard` looks at the cluster where no command has.
 */
export const e2eProject = (include: string[], guard?: ClusterGuard): TestProjectInlineConfiguration => ({
  plugins: [reportScenarios(guard)],
  test: {
    name: projectName,
    include,
    tags,
    pool: sideBySidePool,
    runner: fileURLToPath(new URL('./side-by-side/runner.ts', import.meta.url)),
    maxWorkers: 1,
    isolate: false,
    // How many are at work is for the locks to say.
    maxConcurrency: Number.MAX_SAFE_INTEGER,
    // A group of its own, as vitest runs projects with different numbers of workers only one after the
    // other.
    sequence: { groupOrder: 1 },
    retry: 0,
    testTimeout: 0,
    hookTimeout: 0,
  },
});
