import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { Vite } from 'vitest/node';
import { createReporter, projectName } from './report/reporter.ts';
import { makeRunId } from './run-id.ts';
import { tags } from './tags.ts';

// Reporters belong to a whole run of vitest, not to one of its projects: this one joins when this project is among those that run,
// and stands alone when nothing else does.
const reportScenarios = (): Vite.Plugin => ({
  name: 'corral-report',
  configureVitest: ({ vitest }) => {
    // Here, as the workers inherit it: all of them belong to one run.
    process.env.CORRAL_RUN ??= makeRunId();
    const chosen = vitest.config.cliOptions.reporters ?? vitest.config.cliOptions.reporter;
    const alone = chosen === undefined && vitest.projects.every(({ name }) => name === projectName);
    vitest.config.reporters = [...(alone ? [] : vitest.config.reporters), createReporter()];
  },
});

/** The vitest project of the scenarios in the files given: one after the other, no retry, no time-out but the scenarios' own. */
export const e2eProject = (include: string[]): TestProjectInlineConfiguration => ({
  plugins: [reportScenarios()],
  test: {
    name: projectName,
    include,
    tags,
    pool: 'forks',
    fileParallelism: false,
    retry: 0,
    testTimeout: 0,
    hookTimeout: 0,
  },
});
