import type { BackupStore } from '../backupstore/store.ts';
import type { Faults } from '../faults/fault.ts';
import type { LonghornClocks } from '../longhorn/clocks.ts';
import type { Cluster, PodTarget } from '../observe/cluster.ts';
import type { ExpectedMessage } from './judge-messages.ts';
import type { Made } from './made.ts';
import type { Timelines } from './timelines.ts';

/** Where steps tell what they do and what they met. */
export type StepReport = {
  step(sentence: string): { done(detail?: string): void; failed(error: unknown): void };
  finding(finding: { title: string; detail: string; link?: string }): void;
};

/** What the steps of one scenario share. */
export type Context = {
  cluster: Cluster;
  run: string;
  /** Of the Longhorn under test, as `v1.12.1`. */
  version: string;
  /** Longhorn's clocks, as the one under test has them. */
  clocks: LonghornClocks;
  store: BackupStore;
  /** The pod that serves the store, and the folder that it exports. */
  server: { pod: PodTarget; root: string };
  timelines: Timelines;
  faults: Faults;
  made: Made;
  /** What Longhorn may say because the scenario brought it about; whoever does so enters it before. */
  expected: ExpectedMessage[];
  report: StepReport;
  /**
   * Does a piece of work under the sentence it stands for; `detail` says what came of it.
   * Ends at once when the scenario is told to stop, whatever the work still waits for.
   */
  step<T>(sentence: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
  /** A name that no other run, and no other scenario of this one, uses: a backup store remembers names. */
  uniqueName(what: string): string;
};

/** Makes the `step` of a context. */
export const tellSteps =
  ({ report, signal }: { report: StepReport; signal: AbortSignal }): Context['step'] =>
  async (sentence, work, detail) => {
    signal.throwIfAborted();
    const telling = report.step(sentence);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await Promise.race([work(), stopped]);
      telling.done(detail?.(result));
      return result;
    } catch (error) {
      telling.failed(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
