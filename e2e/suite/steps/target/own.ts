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
import { inTurn } from '../in-turn.ts';
import { createWhenIdle, type WhenIdle } from '../when-idle.ts';
import { makeTarget, removeTarget, type TargetDeps } from './target.ts';

/** A store that a scenario has, from when it is being started. */
export type OwnStore = { place: StorePlace; whenIdle: WhenIdle; running?: RunningStore };

/** The stores and the backup targets that a scenario has opened so far. */
export type Own = {
  /** The kind of store that the scenario is run on. */
  readonly kind: string;
  readonly stores: readonly OwnStore[];
  readonly targets: readonly TargetHandle[];
  /** Starts a store of its own: of the kind that it is run on, or of the other that it can have. */
  startStore(which: 'first' | 'other'): Promise<RunningStore>;
  /** Makes a backup target of its own on a store of its own. */
  makeTarget(store: RunningStore): Promise<TargetHandle>;
  /** Enters a target that was made otherwise, so that it goes as well. */
  enter(target: TargetHandle): void;
  /** The target that steps use where none is named; `make` is called for it once. */
  first(make: () => Promise<TargetHandle>): Promise<TargetHandle>;
  /** Waits with taking something of a target's away until nobody works in its store. */
  whenIdle(target: TargetHandle): WhenIdle;
  removeTargets(): Promise<void>;
  removeStores(): Promise<void>;
};

type Options = TargetDeps & {
  cluster: Cluster;
  kinds: Record<'first' | 'other', () => StoreDriver>;
  /** What a server of the first kind is started with. */
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

/** Opens stores and backup targets of a scenario's own when they are asked for, and removes them at its end. */
export const openOwn = (options: Options): Own => {
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
  const whenIdle = ({ store }: Pick<TargetHandle, 'store'>): WhenIdle =>
    stores.find(({ running }) => running === store)?.whenIdle ?? ((_, take) => take());
  return {
    kind: kinds.first().name,
    stores,
    targets,
    startStore: async (which) => {
      const kind = kinds[which]();
      const place = placeOf();
      const own: (typeof stores)[number] = { kind, place, whenIdle: (_, take) => take() };
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
      own.whenIdle = createWhenIdle({ store: own.running, clocks, run });
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
    whenIdle,
    removeTargets: () =>
      inTurn(
        targets.map(
          (target) => () =>
            whenIdle(target)(`backup target ${target.name}`, () => removeTarget(options, target.name)),
        ),
      ),
    // All at the end, as until its target is gone Longhorn may be at work in any of them.
    removeStores: () =>
      inTurn(
        stores.map(
          ({ kind, place, whenIdle }) =>
            () =>
              whenIdle(`backup store ${nameIn(place)}`, () => kind.remove(cluster, place)),
        ),
      ),
  };
};
