import type { Faults } from '../../faults/fault.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Capability } from '../../longhorn/capabilities.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { MessageId } from '../../longhorn/messages/catalogue.ts';
import type { SharedThing } from '../../longhorn/shared.ts';
import type { RunningStore } from '../../store/driver.ts';
import type { ScenarioDeps, StepReport } from './deps.ts';
import type { PageHandle } from './handles.ts';
import type { Made } from './made.ts';
import type { Timelines } from './timelines.ts';
import type { Timeouts } from './timeouts.ts';

/**
 * A message that a scenario brings about on purpose, and the object (its name) that may say it; `lasts` where
 * it may go on saying so.
 */
export type ExpectedMessage = { id: MessageId; of: string; lasts?: true };

/** What the steps of one scenario share. */
export type Context = {
  cluster: Cluster;
  run: string;
  /** Of the Longhorn under test, as `v1.12.1`. */
  version: string;
  /** Longhorn's clocks, as the one under test has them. */
  clocks: LonghornClocks;
  timeouts: Timeouts;
  /** How many times slower the machine is than the reference, from 1 on. */
  slowness: number;
  /** The name of the backup target that is the scenario's own. */
  target: string;
  store: RunningStore;
  /** Starts another store of the scenario's own, of another kind; it goes with the first. */
  otherStore(): Promise<RunningStore>;
  timelines: Timelines;
  /** Aborts when the scenario and its cleanup are over: for watches that are opened on the way. */
  living: AbortSignal;
  faults: Faults;
  /** The folder of the lab that the cluster is, if it is one. */
  lab: string | undefined;
  /** The capabilities that the cluster does not have. */
  without: readonly Capability[];
  /**
   * Waits until no other scenario uses these things, and keeps them until nothing of this one is left in
   * Longhorn; returns how long that took, in ms.
   */
  haveExclusive(...things: SharedThing[]): Promise<number>;
  /**
   * Gives back what the scenario has alone, and all that it shares, until its cleanup: others may do to
   * Longhorn what they like meanwhile.
   */
  rest(): Promise<void>;
  /** What the scenario has had for itself alone. */
  exclusive: Set<SharedThing>;
  made: Made;
  /** What Longhorn may say because the scenario brought it about; whoever does so enters it before. */
  expected: ExpectedMessage[];
  /** Pages of Longhorn's user interface that are open. */
  pages: PageHandle[];
  report: StepReport;
  step: Step;
  /** A name that no other run, and no other scenario of this one, uses: a backup store remembers names. */
  uniqueName(what: string): string;
};

/**
 * Does a piece of work under the sentence it stands for; `detail` says what came of it.
 * Ends at once when the scenario is told to stop, whatever the work still waits for.
 */
export type Step = {
  <T>(sentence: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<void>;
  /** The same, and what came of it is what the scenario goes on with. */
  returning<T>(sentence: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
  /** For work that waits for a clock, of Longhorn's or of cron's: meanwhile another scenario may begin. */
  idle<T>(sentence: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<void>;
};

/** Makes the `step` of a context; without `idle` nobody waits for its scenario's place. */
export const createStep = ({
  report,
  signal,
  idle = (work) => work(),
}: Pick<ScenarioDeps, 'report' | 'signal'> & Partial<Pick<ScenarioDeps, 'idle'>>): Step => {
  const returning: Step['returning'] = async (sentence, work, detail) => {
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
  const step = async <T>(...told: Parameters<typeof returning<T>>): Promise<void> => {
    await returning(...told);
  };
  return Object.assign(step, {
    returning,
    idle: async <T>(...[sentence, work, detail]: Parameters<typeof returning<T>>): Promise<void> =>
      step(sentence, () => idle(work), detail),
  });
};
