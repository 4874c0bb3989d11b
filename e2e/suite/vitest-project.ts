import { fileURLToPath } from 'node:url';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { Vite } from 'vitest/node';
import {
  ConfigError,
  findRunConfig,
  isCompleteConfig,
  type RunConfig,
  readRunConfig,
  storeChoice,
} from '../config/config.ts';
import { whyNotWritable } from '../kube/writable.ts';
import { ignoreClosedPipe } from '../report/closed-pipe.ts';
import { createReporter, projectName } from './run/reporter.ts';
import { sideBySidePool } from './side-by-side/pool.ts';
import { tags } from './tags.ts';
import { whyNoTags } from './tags-expression.ts';

/** Checks the cluster before the run makes anything in it. Throws if scenarios must not run there. */
export type ClusterGuard = (config: RunConfig) => Promise<void>;

// Prints and exits, because vitest would print a thrown error with a stack.
const refuseNoTags = (expression: string): void => {
  const why = whyNoTags(expression);
  if (why === undefined) return;
  process.stderr.write(`e2e: --tags-filter ${expression}: ${why}\n`);
  process.exit(2);
};

// A parent command has already checked the folder.
const refuseFolder = (config: RunConfig): RunConfig => {
  const why = process.connected ? undefined : whyNotWritable(config.out);
  if (why !== undefined) throw new ConfigError(`CORRAL_OUT ${config.out}: ${why}: name another folder`);
  return config;
};

// Reporters belong to the whole vitest run, not to one project. This plugin adds the reporter when the project runs,
// and makes it the only reporter when no other project runs.
const reportScenarios = (guard: ClusterGuard | undefined): Vite.Plugin => ({
  name: 'corral-report',
  configureVitest: ({ vitest, project }) => {
    ignoreClosedPipe();
    // Vitest's default of 10 s was too short on a machine that was busy with labs.
    vitest.config.teardownTimeout = 60_000;
    for (const expression of vitest.config.cliOptions.tagsFilter ?? []) refuseNoTags(expression);
    // Vitest's static parser finds only calls of `test`, and scenarios are not such calls. The files must be executed
    // to collect the names.
    const collect = vitest.collect.bind(vitest);
    vitest.collect = (filters, options) => collect(filters, { ...options, staticParse: false });
    // The parent command has already checked the cluster.
    const byCommand = process.connected && isCompleteConfig(process.env);
    // Read once for the whole run. The reporter prints its errors.
    const config = findRunConfig(process.env);
    if (config !== undefined) project.provide('corralConfig', config);
    // A command that lists scenarios has already set it.
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
 * Returns the vitest project for scenario files. They run in parallel in one process unless the run has one worker,
 * because they wait for Longhorn and use little processor time. No retries, and only the scenarios' own time-outs.
 * `guard` checks the cluster if no parent command did.
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
    // The locks limit how many run.
    maxConcurrency: Number.MAX_SAFE_INTEGER,
    // A separate group: vitest runs projects with different numbers of workers only one after the other.
    sequence: { groupOrder: 1 },
    retry: 0,
    testTimeout: 0,
    hookTimeout: 0,
  },
});
