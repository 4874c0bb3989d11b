import { openLedger } from '../../faults/ledger.ts';
import { onlyDeclared, openFaults } from '../../faults/open-faults.ts';
import { longhornClocks } from '../../longhorn/clocks.ts';
import {
  type Ability,
  isAbility,
  type RunningStore,
  type StoreDriver,
  type StorePlace,
} from '../../store/driver.ts';
import { driverNamed } from '../../store/drivers/index.ts';
import { SkipScenario } from '../play/judge-end.ts';
import { createWhenIdle, inTurn, removeMade, type WhenIdle } from './cleanup.ts';
import { concernOf } from './conclude/concern.ts';
import { conclude, excuse } from './conclude/conclude.ts';
import { messagesOf } from './conclude/messages.ts';
import type { Context } from './context.ts';
import type { ScenarioDeps } from './deps.ts';
import { keepEvidence } from './evidence/keep.ts';
import { findLonghorn } from './find-longhorn.ts';
import { nothingMade, uniqueName } from './made.ts';
import { documentData } from './sizes.ts';
import type { Steps } from './steps.ts';
import { bindSteps } from './subjects.ts';
import { makeTarget, ownStore, ownTarget, removeTarget } from './target.ts';
import { createTell } from './tell.ts';
import { openTimelines } from './timelines.ts';
import { timeoutsOn } from './timeouts.ts';

export type { Steps } from './steps.ts';

const nameIn = ({ namespace, name = namespace }: StorePlace): string => name;

/**
 * Makes what every scenario stands on (watches, a backup store of its own, Longhorn's backup target on it)
 * and returns its steps. If that fails, it has cleaned up before it throws.
 */
export const createSteps = async (deps: ScenarioDeps): Promise<Steps> => {
  const {
    config,
    cluster,
    scenario,
    disruptions,
    needs,
    longhorn,
    store: kindOfStore,
    otherStore: otherKind,
    skip,
    signal,
    report,
    exclusive: haveExclusive,
    rest,
    idle,
    giveBack,
    evidence,
  } = deps;
  const {
    run,
    out,
    storeImage,
    ownBucket,
    namespace: shared,
    clocks = longhornClocks,
    machine,
    lab,
    without,
  } = config;
  const driver = driverNamed(kindOfStore);
  const tell = createTell({ report, signal });
  const { slowness = 1 } = machine ?? {};
  const timeouts = timeoutsOn(clocks, slowness);
  const nameOf = (what: string): string => uniqueName(run, what);
  const placeNamed = (name: string): StorePlace =>
    shared === undefined ? { namespace: name } : { namespace: shared, name };
  const place = placeNamed(nameOf('store'));
  const target = nameOf('target');
  const made = nothingMade();
  const living = new AbortController();
  const undo: { stage: () => Promise<void>; ofMade?: true }[] = [{ stage: async () => living.abort() }];
  // The latest first. A step that tells of the cleanup must not end with the scenario's signal.
  const close = ({ madeStays } = { madeStays: false }) => {
    const tellCleanup = createTell({ report, signal: new AbortController().signal });
    const stages = undo.filter(({ ofMade }) => !madeStays || !ofMade).map(({ stage }) => stage);
    const title = madeStays ? 'Cleanup of the faults alone: what was made stays' : 'Cleanup';
    return tellCleanup(title, () => inTurn(stages.toReversed()));
  };

  try {
    const version = await findLonghorn({ cluster, tell, report, range: longhorn, skip });
    const ledger = await openLedger(out, run);
    const kept = keepEvidence(evidence, { run, made, target, place, disruptions });
    const timelines = await openTimelines(cluster, living.signal);
    kept.watches(timelines, living.signal);

    // All at the end, as until its target is gone Longhorn may be at work in any of them.
    const removals: (() => Promise<void>)[] = [];
    undo.push({ stage: () => inTurn(removals), ofMade: true });
    const startStore = async (kind: StoreDriver, at: StorePlace, needed: readonly Ability[]) => {
      let whenIdle: WhenIdle = (_, take) => take();
      removals.push(() => whenIdle(`backup store ${nameIn(at)}`, () => kind.remove(cluster, at)));
      const store = await kind.start(cluster, {
        ...at,
        run,
        image: storeImage,
        ownBucket,
        needs: needed,
        signal,
        living: living.signal,
      });
      whenIdle = createWhenIdle({ store, clocks, run });
      return { store, whenIdle };
    };
    // Kubernetes takes five seconds and more to let a namespace go, which nobody has to wait for.
    undo.push({ stage: async () => giveBack() });
    const { store, whenIdle } = await tell(
      ownStore.sentence,
      () => startStore(driver, place, needs.filter(isAbility)),
      () => driver.called.server,
    );
    const otherStore = async (): Promise<RunningStore> =>
      (await startStore(driverNamed(otherKind), placeNamed(nameOf('store')), [])).store;

    const targets = { cluster, targets: timelines.backupTargets, timeouts };
    undo.push({
      stage: () => whenIdle(`backup target ${target}`, () => removeTarget(targets, target)),
      ofMade: true,
    });
    await tell(
      ownTarget.sentence,
      () => makeTarget(targets, { name: target, store, run }),
      () => `${target}, ${store.url}`,
    );

    kept.serves(store);
    undo.push({
      stage: () => removeMade({ cluster, timelines, made, target, timeouts, whenIdle }),
      ofMade: true,
    });
    const faults = onlyDeclared(openFaults({ cluster, ledger, scenario, tell: report.fault }), {
      disruptions,
      needs,
    });
    undo.push({ stage: () => faults.healAll() });

    const deps = {
      cluster,
      run,
      scenario,
      version,
      clocks,
      timeouts,
      slowness,
      target,
      store,
      otherStore,
      timelines,
      living: living.signal,
      faults,
    };
    const context: Context = {
      ...deps,
      made,
      lab,
      without,
      haveExclusive,
      rest,
      exclusive: new Set(),
      expected: [],
      pages: [],
      report,
      tell,
      idle,
      uniqueName: nameOf,
    };
    kept.shows(context.pages);
    const disconnect = () => inTurn(context.pages.splice(0).map(({ page }) => page.close));
    undo.push({ stage: disconnect });
    return {
      ...bindSteps(context),
      data: documentData(clocks),
      conclude: () => conclude(context),
      excuse: (error) => (signal.aborted ? Promise.resolve(error) : excuse(context, error)),
      messages: () => messagesOf(context),
      concern: (error) => concernOf(context, error),
      disconnect,
      close,
    };
  } catch (error) {
    await evidence.collect();
    const madeStays = config.pauseOnFailure && !signal.aborted && !(error instanceof SkipScenario);
    await close({ madeStays }).catch((cleanupError: unknown) => {
      throw new AggregateError(
        [error, cleanupError],
        'the set-up of the scenario failed, and so did its cleanup',
      );
    });
    throw error;
  }
};
