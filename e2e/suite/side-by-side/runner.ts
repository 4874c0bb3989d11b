import { inject, type RunnerTestFile, TestRunner } from 'vitest';

/** Vitest's runner for files that run in parallel in one process. */
export default class SideBySideRunner extends TestRunner {
  /** The collected tests wait until the process lets them begin. */
  async onCollected(files: RunnerTestFile[]): Promise<void> {
    await inject('corralCollected')?.(files);
  }

  /** Vitest's implementation clears the snapshots of all files, but other files are still running. */
  override onAfterRunFiles(): void {}
}
