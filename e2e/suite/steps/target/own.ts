import type { Cluster } from '../../../kube/cluster.ts';
import type { LonghornClocks } from '../../../longhorn/clocks.ts';
import type {
  RunningStore,
  ServerFeature,
  StartStore,
  StoreDriver,
  StorePlace,
} from '../../../store/driver.ts';
import type { ScenarioDeps } from '../deps.ts';
import type { TargetHandle } from '../handles.ts';
import { createRemoveWhenIdle, type RemoveWhenIdle } from '../remove-when-idle.ts';
import { runAllStages } from '../run-all-stages.ts';
import { unmountStore } from './mounts.ts';
import { makeTarget, removeTarget, type TargetDeps } from './target.ts';

/** A store of a scenario. Its start may still be under way. */
export type OwnStore = { place: StorePlace; removeWhenIdle: RemoveWhenIdle; running?: RunningStore };

/** The stores and backup targets that a scenario has opened so far. */
export type OwnStores = {
  /** The kind of store that the scenario runs on. */
  readonly kind: string;
  readonly stores: readonly OwnStore[];
  readonly targets: readonly TargetHandle[];
  /** Starts a store for the scenario: of the kind that it runs on, or of the second kind. */
  startStore(which: 'first' | 'other'): Promise<RunningStore>;
  /** Creates a backup target for the scenario on one of its stores. */
  makeTarget(store: RunningStore): Promise<TargetHandle>;
  /** Adds a target that was made in another way, so that it is removed at the end. */
  enter(target: TargetHandle): void;
  /** Returns the default target of steps. `make` is called once. */
  first(make: () => Promise<TargetHandle>): Promise<TargetHandle>;
  /** Returns a function that waits until nothing works in the target's store before something is removed. */
  removeWhenIdle(target: TargetHandle): RemoveWhenIdle;
  removeTargets(): Promise<void>;
  removeStores(): Promise<void>;
};

type Options = TargetDeps & {
  cluster: Cluster;
  kinds: Record<'first' | 'other', () => StoreDriver>;
  /** The features of the servers of the first kind. */
  features: readonly ServerFeature[];
  run: string;
  clocks: LonghornClocks;
  placeOf(): StorePlace;
  uniqueName(what: string): string;
  image: StartStore['image'];
  ownBucket: StartStore['ownBucket'];
  signal: AbortSignal;
  scenarioSignal: AbortSignal;
} & Pick<ScenarioDeps['turn'], 'changingTargets'>;

const nameIn = ({ namespace, name = namespace }: StorePlace): string => name;

/** Creates stores and backup targets for a scenario on request, and removes them at its end. */
export const openOwnStores = (options: Options): OwnStores => {
  const {
    cluster,
    kinds,
    features,
    run,
    clocks,
    placeOf,
    uniqueName,
    image,
    ownBucket,
    signal,
    scenarioSignal,
  } = options;
  const stores: (OwnStore & { kind: StoreDriver })[] = [];
  const targets: TargetHandle[] = [];
  let first: Promise<TargetHandle> | undefined;
  const removeWhenIdle = ({ store }: Pick<TargetHandle, 'store'>): RemoveWhenIdle =>
    stores.find(({ running }) => running === store)?.removeWhenIdle ?? ((_, take) => take());
  return {
    kind: kinds.first().name,
    stores,
    targets,
    startStore: async (which) => {
      const kind = kinds[which]();
      const place = placeOf();
      const own: (typeof stores)[number] = { kind, place, removeWhenIdle: (_, take) => take() };
      stores.push(own);
      const of = {
        run,
        image,
        ownBucket,
        features: which === 'first' ? features : [],
        signal,
        scenarioSignal,
      };
      own.running = await kind.start(cluster, { ...place, ...of });
      own.removeWhenIdle = createRemoveWhenIdle({ store: own.running, clocks, run });
      return own.running;
    },
    makeTarget: async (store) => {
      const target: TargetHandle = { name: uniqueName('target'), store };
      targets.push(target);
      await makeTarget(options, { name: target.name, store, run });
      return target;
    },
    enter: (target) => void targets.push(target),
    first: (make) => {
      first ??= make();
      return first;
    },
    removeWhenIdle,
    removeTargets: () =>
      runAllStages(
        targets.map(
          (target) => () =>
            removeWhenIdle(target)(`backup target ${target.name}`, () => removeTarget(options, target.name)),
        ),
      ),
    // Stores are removed last, because Longhorn may work in a store until its target is gone.
    removeStores: () =>
      runAllStages(
        stores.map(
          ({ kind, place, removeWhenIdle, running }) =>
            () =>
              removeWhenIdle(`backup store ${nameIn(place)}`, () =>
                runAllStages([
                  async () => {
                    if (running?.mountPoint !== undefined) await unmountStore(cluster, running.url);
                  },
                  () => kind.remove(cluster, place),
                ]),
              ),
        ),
      ),
  };
};
