import { inject, type RunnerTestFile, TestRunner } from 'vitest';

/** Vitest's runner for a file that is run beside others in its process. */
export default class SideBySideRunner extends TestRunner {
  /** What was collected waits until the process lets it begin. */
  async onCollected(files: RunnerTestFile[]): Promise<void> {
    await inject('corralCollected')?.(files);
  }

  /** Vitest's own forgets the snapshots of all files here, and those of others are still run. */
  override onAfterRunFiles(): void {}
}
