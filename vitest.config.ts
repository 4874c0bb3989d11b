import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { type ClusterGuard, e2eProject } from './e2e/suite/vitest-project.ts';

// A run that no command has started looks at its cluster itself.
const guard: ClusterGuard = async (config) => {
  const { guardBareRun } = await import('./providers/existing/guard-bare-run.ts');
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  await guardBareRun(config, { terminal: { input: process.stdin, output: process.stdout }, print });
  // One that a run of the command has fetched; the processes that run inherit its name.
  const { fetchedBrowser } = await import('./providers/browser.ts');
  const browser = await fetchedBrowser();
  if (browser !== undefined) process.env.CORRAL_CHROMIUM = browser;
};

// CI names a failed test once more by the message of its assertion, without vitest's table of differences: 40
// characters of it print nothing.
const chaiConfig = { truncateThreshold: 4_000 };

const endWithRun = 'tests/support/end-with-run.ts';

// Vitest begins with the largest files; those that have a lab of their own to wait for were the last of all.
const withLab = /\/(writing-a-scenario|other-users|lab\/faults)\.cluster\.test\.ts$/;
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [first, then] = [true, false].map((hasLab) =>
      files.filter(({ moduleId }) => withLab.test(moduleId) === hasLab),
    ) as [TestSpecification[], TestSpecification[]];
    return [...first, ...(await super.sort(then))];
  }
}

export default defineConfig({
  test: {
    // On two processors vitest would take one; the self tests mostly wait for what they spawned.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.{self,cluster}.test.ts'],
          // A process reads the code once, instead of once for each file: a third of the work. No file may
          // leave anything behind.
          isolate: false,
          setupFiles: [endWithRun, 'tests/support/leave-no-trace.ts'],
          expect: { poll: { timeout: 60_000 } },
          // Some run shells and wait for them: on a machine that is busy with labs, 30 s were not enough.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          chaiConfig,
        },
      },
      {
        // The command itself, spawned on small inline suites.
        test: {
          name: 'self',
          include: ['tests/**/*.self.test.ts'],
          globalSetup: ['tests/support/share-caches.ts'],
          setupFiles: [endWithRun],
          // Only what hangs takes that long; on a machine that is busy with labs, a run of a second took 50.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          chaiConfig,
        },
      },
      {
        // Against real parts of the lab: API server and etcd alone, or a whole lab.
        test: {
          name: 'cluster',
          include: ['tests/**/*.cluster.test.ts'],
          globalSetup: 'tests/support/shared.ts',
          setupFiles: [endWithRun],
          // Each wait has a time-out and an owner of its own: these are for what waits for nothing that it
          // could name.
          testTimeout: 600_000,
          // Of a lab that boots on a machine that is busy with others.
          hookTimeout: 1_200_000,
          sequence: { groupOrder: 2 },
          chaiConfig,
        },
      },
      {
        // The emulator beside recordings of a real Longhorn, on its clocks and on fast ones.
        test: {
          name: 'conformance',
          include: ['tests/**/*.conformance.ts'],
          setupFiles: [endWithRun],
          chaiConfig,
        },
      },
      e2eProject(['e2e/scenarios/**/*.e2e.ts'], guard),
    ],
  },
});
