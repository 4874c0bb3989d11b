import { replayTimeline } from '../../e2e/history/replay.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import type { SharedResource } from '../../e2e/longhorn/shared.ts';
import { defineScenario } from '../../e2e/suite/scenario-core.ts';
import { createAsStep } from '../../e2e/suite/steps/as-step.ts';
import { bugSteps } from '../../e2e/suite/steps/bugs/steps.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { StepReport } from '../../e2e/suite/steps/deps.ts';
import { bind, type Called } from '../../e2e/suite/steps/step.ts';

/** The steps of the suites in `suites/`. */
export type InlineSteps = {
  /** A step with this sentence, which does `work`. */
  does(sentence: string, work?: (signal: AbortSignal) => Promise<void> | void): Promise<void>;
  /** Printed as a step. */
  exclusive(...things: SharedResource[]): Promise<void>;
  finds(finding: Parameters<StepReport['finding']>[0]): void;
  /** Adds work to the cleanup, which does it in reverse order. */
  later(work: (madeStays: boolean) => Promise<void> | void): void;
  /** Checks the promise of a known bug, on v1.12.1. */
  orKnownBug: Called<typeof bugSteps, 'then'>['orKnownBug'];
  /** Sets what ends the scenario's connections before others get exclusive use. */
  disconnects(work: () => void): void;
  /** Adds a check for the end of a scenario that passed. */
  atTheEnd(work: () => Promise<void> | void): void;
  /** Makes a failure of the scenario `not-provable`, with this reason. */
  reclassifies(because: string): void;
};

// The suites only need the name of a cluster.
const connect = () =>
  ({
    ...{ server: 'https://cluster.invalid', context: 'inline', version: async () => 'v1.99.0' },
    list: async () => ({ items: [], resourceVersion: '1' }),
  }) as unknown as Cluster;

/** `scenario()` for the inline suites: the real core, with steps that need no cluster. */
export const scenario = defineScenario<InlineSteps>({
  connect,
  createSteps: async ({ report, signal, turn: { exclusive } }) => {
    const heals: ((madeStays: boolean) => Promise<void> | void)[] = [];
    let reason: string | undefined;
    let disconnect = (): void => {};
    const judgements: (() => Promise<void> | void)[] = [];
    const context = {
      ...{ report, version: 'v1.12.1', expected: [], own: { kind: 'nfs' } },
      timelines: { backups: replayTimeline('backups'), volumes: replayTimeline('volumes') },
      // Nothing aborts the steps of known bugs.
      asStep: createAsStep({ report, signal: new AbortController().signal }),
    } as unknown as Context;
    return {
      does: async (sentence, work = () => {}) => {
        const step = report.step(sentence);
        try {
          await work(signal);
          step.done();
        } catch (error) {
          step.failed(error);
          throw error;
        }
      },
      exclusive: async (...things) => {
        const step = report.step(`Given ${things.join(' and ')} for itself alone`);
        await exclusive(...things);
        step.done();
      },
      finds: report.finding,
      orKnownBug: bind(context, bugSteps, 'then').orKnownBug,
      later: (work) => void heals.unshift(work),
      atTheEnd: (work) => void judgements.push(work),
      disconnects: (work) => {
        disconnect = work;
      },
      disconnect: async () => disconnect(),
      reclassifies: (because) => {
        reason = because;
      },
      reclassify: async (error) =>
        reason === undefined
          ? error
          : Object.assign(new Error(reason, { cause: error }), { verdict: { state: 'not-provable' } }),
      conclude: async () => {
        for (const judge of judgements) await judge();
      },
      close: async ({ madeStays } = { madeStays: false }) => {
        for (const heal of heals) await heal(madeStays);
      },
    };
  },
});
