import { randomBytes } from 'node:crypto';
import { removeStore, startStore } from '../backupstore/fixture.ts';
import { openFaults } from '../faults/fault.ts';
import { openLedger } from '../faults/ledger.ts';
import { type LonghornClocks, longhornClocks } from '../longhorn/clocks.ts';
import type { Cluster } from '../observe/cluster.ts';
import { inTurn, removeMade } from './clean-up.ts';
import { concludeMessages } from './conclude.ts';
import { type Context, type StepReport, tellSteps } from './context.ts';
import { findLonghorn } from './find-longhorn.ts';
import { createGiven, type Given } from './given.ts';
import { nothingMade } from './made.ts';
import { leaveStore, useStore } from './target.ts';
import { createThen, type Then } from './then.ts';
import { openTimelines } from './timelines.ts';
import { createWhen, type When } from './when.ts';

/** What the steps need from outside. `signal` ends the scenario; the clean-up has its own time. `out` is where the ledger of faults lies. */
export type StepsOptions = {
  cluster: Cluster;
  run: string;
  out: string;
  storeImage: string;
  clocks?: LonghornClocks | undefined;
  signal: AbortSignal;
  report: StepReport;
};

/** The steps of one scenario. */
export type Steps = {
  given: Given;
  when: When;
  then: Then;
  /** Judges what Longhorn said during the whole scenario; called when its own steps have all passed. */
  conclude(): Promise<void>;
  /** Heals every fault, removes all that was made and returns when it is gone; throws when something stayed. */
  close(): Promise<void>;
};

/**
 * Sets the ground that every scenario stands on (watches, a backup store of its own, Longhorn's backup target on it) and returns its steps.
 * If that fails, it has cleaned up before it throws.
 */
export const createSteps = async ({
  cluster,
  run,
  out,
  storeImage,
  clocks = longhornClocks,
  signal,
  report,
}: StepsOptions): Promise<Steps> => {
  const step = tellSteps({ report, signal });
  const uniqueName = (what: string): string => `corral-${run}-${what}-${randomBytes(2).toString('hex')}`;
  const namespace = uniqueName('store');
  const living = new AbortController();
  const undo = [async () => living.abort()];
  // The latest first. A step that tells of the clean-up must not end with the scenario's signal.
  const close = () => tellSteps({ report, signal: new AbortController().signal })('Clean-up', () => inTurn(undo.toReversed()));

  try {
    const version = await findLonghorn({ cluster, step, report });
    const ledger = await openLedger(out);
    const timelines = await openTimelines(cluster, living.signal);

    undo.push(() => removeStore(cluster, { namespace }));
    const fixture = await step('Given an NFS backup store of its own', () =>
      startStore(cluster, { namespace, run, image: storeImage, signal }),
    );

    // A list of its own: the target goes back only when the backups are gone, all other faults before that.
    const changes = openFaults({ cluster, ledger });
    undo.push(() => changes.healAll());
    const { target, before } = await step(
      `Given Longhorn's backup target on it`,
      () => useStore({ cluster, faults: changes, targets: timelines.backupTargets }, fixture),
      () => fixture.url,
    );
    undo.push(() => leaveStore({ cluster, targets: timelines.backupTargets, target, before }));

    const made = nothingMade();
    undo.push(() => removeMade({ cluster, timelines, made }));
    const faults = openFaults({ cluster, ledger });
    undo.push(() => faults.healAll());

    const ground = { cluster, run, version, clocks, store: fixture.store, server: fixture, timelines, faults };
    const context: Context = { ...ground, made, expected: [], report, step, uniqueName };
    const from = timelines.backupTargets.mark();
    const conclude = () => concludeMessages(context, from);
    // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes the steps for a promise.
    return { given: createGiven(context), when: createWhen(context), then: createThen(context), conclude, close };
  } catch (error) {
    await close().catch((cleanUpError: unknown) => {
      throw new AggregateError([error, cleanUpError], 'the ground of the scenario could not be set, nor cleaned up');
    });
    throw error;
  }
};
