import { openLedger } from '../../faults/ledger.ts';
import { onlyDeclared, openFaults } from '../../faults/open-faults.ts';
import { featuresFor } from '../../faults/store/store-faults.ts';
import { longhornClocks } from '../../longhorn/clocks.ts';
import type { StorePlace } from '../../store/driver.ts';
import { driverNamed } from '../../store/drivers/index.ts';
import { createAsStep } from './as-step.ts';
import { removeCreatedObjects } from './cleanup.ts';
import { affectedObjectsOf } from './conclude/affected-objects.ts';
import { conclude, reclassify } from './conclude/conclude.ts';
import { messagesOf } from './conclude/messages.ts';
import type { Context } from './context.ts';
import { nothingCreated, uniqueName } from './created-objects.ts';
import type { ScenarioDeps } from './deps.ts';
import { subjectOf } from './evidence/keep.ts';
import { endManagers, followManagers } from './evidence/sources.ts';
import { findLonghorn } from './find-longhorn.ts';
import type { OpenPage } from './handles.ts';
import { runAllStages } from './run-all-stages.ts';
import { documentData } from './sizes.ts';
import type { Steps } from './steps.ts';
import { bindSteps } from './subjects.ts';
import { openOwnStores } from './target/own.ts';
import { openTimelines, type Timelines } from './timelines.ts';
import { timeoutsOn } from './timeouts.ts';

export type { Steps } from './steps.ts';

/**
 * Opens a scenario and returns its steps. The watches are running; stores, backup targets and pages are opened when a
 * step first needs them.
 */
export const openScenario = async (deps: ScenarioDeps): Promise<Steps> => {
  const { config, cluster, scenario, declared, signal, report, skip, turn, evidence } = deps;
  const { run, namespace: shared, clocks = longhornClocks, machine, lab, without } = config;
  const { slowness = 1 } = machine ?? {};
  const asStep = createAsStep({ report, signal });
  const timeouts = timeoutsOn(clocks, slowness);
  const uniqueNameOf = (what: string): string => uniqueName(run, what);
  const placeNamed = (name: string): StorePlace =>
    shared === undefined ? { namespace: name } : { namespace: shared, name };
  const version = await findLonghorn({ cluster, asStep, report, range: declared.longhorn, skip });
  const ledger = await openLedger(config.out, run);
  const faults = onlyDeclared(openFaults({ cluster, ledger, scenario, onEvent: report.fault }), declared);

  const controller = new AbortController();
  const made = nothingCreated();
  const pages: OpenPage[] = [];
  let watched: Timelines | undefined;
  const own = openOwnStores({
    cluster,
    watched: () => timelines.backupTargets,
    timeouts,
    kinds: { first: () => driverNamed(declared.store), other: () => driverNamed(declared.otherStore) },
    features: featuresFor(declared.needs),
    run,
    clocks,
    placeOf: () => placeNamed(uniqueNameOf('store')),
    uniqueName: uniqueNameOf,
    image: config.storeImage,
    ownBucket: config.ownBucket,
    signal,
    scenarioSignal: controller.signal,
    changingTargets: turn.changingTargets,
  });
  evidence.keep(subjectOf(evidence, { run, made, own, pages, timelines: () => watched }));
  const timelines = await openTimelines(cluster, controller.signal).catch((error: unknown) => {
    controller.abort();
    throw error;
  });
  watched = timelines;
  if (declared.disruptions.some((disruption) => endManagers.includes(disruption)))
    followManagers(cluster, { ...timelines, since: evidence.startedAt, signal: controller.signal });

  const context: Context = {
    cluster,
    run,
    scenario,
    version,
    clocks,
    timeouts,
    slowness,
    own,
    timelines,
    scenarioSignal: controller.signal,
    faults,
    lab,
    upgradeManifest: config.upgrade,
    missingCapabilities: without,
    turn,
    exclusive: new Set(),
    made,
    expected: [],
    warned: [],
    pages,
    report,
    asStep,
    uniqueName: uniqueNameOf,
  };
  const disconnect = () => runAllStages(pages.splice(0).map(({ page }) => page.close));
  return {
    ...bindSteps(context),
    data: documentData(clocks),
    isOver: () => signal.aborted,
    conclude: () => conclude(context),
    reclassify: (error) => (signal.aborted ? Promise.resolve(error) : reclassify(context, error)),
    messages: () => messagesOf(context),
    affectedObjects: (error) => affectedObjectsOf(context, error),
    disconnect,
    close: ({ madeStays } = { madeStays: false }) => {
      const removal = [
        () => removeCreatedObjects(context),
        () => own.removeTargets(),
        // Kubernetes takes at least five seconds to remove a namespace. Other scenarios need not wait for that.
        async () => turn.release(),
        () => own.removeStores(),
      ];
      const title = madeStays ? 'Cleanup of the faults alone: what was made stays' : 'Cleanup';
      // The cleanup must not end when the scenario's signal aborts.
      const asCleanup = createAsStep({ report, signal: new AbortController().signal });
      return asCleanup(title, () =>
        runAllStages([
          disconnect,
          // Longhorn refuses a change of its default target while a volume is on standby.
          () =>
            context.exclusive.has('default-backup-target')
              ? turn.changingTargets(() => faults.healAll())
              : faults.healAll(),
          ...(madeStays ? [async () => turn.release()] : removal),
          async () => controller.abort(),
        ]),
      );
    },
  };
};
