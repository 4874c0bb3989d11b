import type { Cluster } from '../../kube/cluster.ts';
import type { BackupTarget } from '../../longhorn/types.ts';
import type { StorePlace } from '../../store/driver.ts';
import { drivers } from '../../store/drivers/index.ts';
import type { BackupStore, UntilIdle } from '../../store/store.ts';
import { describeWork, StoreBusy } from '../../store/wait-until-idle.ts';
import type { LeftOver } from './find.ts';
import { label } from './kind.ts';

/**
 * Returns the names of the backup targets whose store no longer exists. Longhorn cannot remove files there, and
 * removes such backups only with their target. A store that the suite did not make counts as existing.
 */
export const targetsWithoutStore = async (
  cluster: Cluster,
  leftOver: readonly LeftOver[],
): Promise<Set<string>> => {
  const targets = leftOver.filter(({ kind }) => kind === 'backupTargets');
  const dead = targets.map(async ({ object }) => {
    const store = ownStoreOf(object as BackupTarget);
    return store === undefined || (await open(cluster, store)).length > 0 ? [] : [object.metadata.name];
  });
  return new Set((await Promise.all(dead)).flat());
};

/**
 * Waits until no work goes on in the stores, and returns the objects that must stay because work still goes on.
 * Longhorn's command fails if its folder is removed under it, and a manager of v1.8.0 to v1.11.2 then panics
 * (longhorn#13245). An unreadable store keeps nothing.
 */
export const objectsInUse = async (
  cluster: Cluster,
  leftOver: readonly LeftOver[],
  { print, ...wait }: Omit<UntilIdle, 'volumes'> & { print: (line: string) => void },
): Promise<LeftOver[]> => {
  const stores = storesOf(leftOver);
  const busy = await Promise.all(
    stores.map(async (store) => ((await isIdle(cluster, store, { print, ...wait })) ? [] : [nameOf(store)])),
  );
  const names = new Set(busy.flat());
  const isBusy = (store: StorePlace | undefined): boolean => store !== undefined && names.has(nameOf(store));
  const targets = new Set(
    leftOver
      .filter((each) => each.kind === 'backupTargets' && isBusy(storeOf(each)))
      .map(({ object }) => object.metadata.name),
  );
  return leftOver.filter((each) =>
    each.kind === 'backupVolumes'
      ? targets.has(label(each.object, 'backup-target') ?? '')
      : isBusy(storeOf(each)),
  );
};

/**
 * Empties the stores outside the cluster. Returns false if one could not be emptied: its objects in the cluster must
 * then stay, because only they lead to that store.
 */
export const emptyStores = async (
  cluster: Cluster,
  leftOver: readonly LeftOver[],
  print: (line: string) => void,
): Promise<boolean> => {
  let emptied = true;
  for (const store of storesOf(leftOver))
    for (const { empty } of drivers) {
      try {
        const note = await empty?.(cluster, store);
        if (note !== undefined) print(`backup store ${nameOf(store)}: ${note}`);
      } catch (error) {
        emptied = false;
        print(`backup store ${nameOf(store)}: not emptied: ${(error as Error).message}`);
      }
    }
  return emptied;
};

const isIdle = async (
  cluster: Cluster,
  store: StorePlace,
  { print, ...wait }: Omit<UntilIdle, 'volumes'> & { print: (line: string) => void },
): Promise<boolean> => {
  const looks = (await open(cluster, store)).map(async ({ untilIdle }) => {
    try {
      const busy = await untilIdle({ ...wait, seconds: 0, atMost: 0 }).then(() => undefined, ifAtWork);
      if (busy === undefined) return true;
      print(`backup store ${nameOf(store)}: waiting until nothing works in it: ${describeWork(busy.left)}`);
      await untilIdle(wait);
      return true;
    } catch (error) {
      print(`backup store ${nameOf(store)}: ${(error as Error).message}`);
      return !(error instanceof StoreBusy);
    }
  });
  return (await Promise.all(looks)).every((idle) => idle);
};

const ifAtWork = (error: unknown): StoreBusy => {
  if (error instanceof StoreBusy) return error;
  throw error;
};

const nameOf = ({ namespace, name }: StorePlace): string => `${name ?? 'backupstore'} in ${namespace}`;

/** Returns the store that an object belongs to. */
const storeOf = ({ kind, object }: LeftOver): StorePlace | undefined => {
  const { namespace, name } = object.metadata;
  if (kind === 'backupTargets') return ownStoreOf(object as BackupTarget);
  if (kind === 'namespaces') return { namespace: name };
  const isOfStore =
    kind === 'deployments' ||
    kind === 'services' ||
    kind === 'configMaps' ||
    kind === 'secrets' ||
    kind === 'leases';
  return isOfStore && namespace !== undefined ? { namespace, name } : undefined;
};

/** Returns each store of the objects once. */
const storesOf = (leftOver: readonly LeftOver[]): StorePlace[] => [
  ...new Map(leftOver.flatMap((each) => storeOf(each) ?? []).map((store) => [nameOf(store), store])).values(),
];

const ownStoreOf = ({ spec }: BackupTarget): StorePlace | undefined =>
  drivers.map(({ placeOf }) => placeOf(spec.backupTargetURL ?? '')).find((place) => place !== undefined);

// Searches with all drivers, because the kind of the store is not known.
const open = async (cluster: Cluster, place: StorePlace): Promise<BackupStore[]> =>
  (await Promise.all(drivers.map(({ find }) => find(cluster, place)))).flat();
