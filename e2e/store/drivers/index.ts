import type { ReadFromHere, StoreDriver } from '../driver.ts';
import { cifs } from './cifs/driver.ts';
import { nfs } from './nfs/driver.ts';
import { s3 } from './s3/driver.ts';
import { ownBucket } from './s3/own-bucket-driver.ts';

/** Every kind of backup store, a row each. */
export const drivers: readonly StoreDriver[] = [nfs, s3, cifs, ownBucket];

// Those whose stores a run can have without being given any, and of them those that need nothing of the nodes
// but what Longhorn itself asks for.
const served: readonly StoreDriver[] = [nfs, s3, cifs];
const usual: readonly StoreDriver[] = [nfs, s3];

/** How stores are read from this machine, each way once. */
export const waysHere: readonly ReadFromHere[] = served.map(({ here }) => here);

/** The kind whose stores are made in a bucket that is named. */
export const ownBucketKind = ownBucket.name;

/** All kinds of stores, each of which a run can use. */
export const allStores = 'all';

/** The first kind that can do what a scenario needs; on every such kind, those that ask for that. */
export const fittingStores = 'fitting';

/** What a run may name as its kind of store. */
export const storeChoices: readonly string[] = [...served.map(({ name }) => name), allStores, fittingStores];

/** What a scenario needs that is run on stores of two kinds, the first of which it begins on. */
export const twoStores = 'two-stores';

/** What decides on which kinds of stores a scenario is run: `suits` says which can do what it needs. */
type StoreNeeds = { needs: readonly string[]; everyStore: boolean; suits(driver: StoreDriver): boolean };

/** The kinds of stores that a run uses, by its setting, or one of them. */
export const driversOf = (store?: string, scenario?: StoreNeeds): readonly StoreDriver[] => {
  if (store === allStores) return scenario?.needs.includes(twoStores) ? served.slice(0, 1) : served;
  if (store !== fittingStores) return [driverNamed(store)];
  if (scenario === undefined) return usual;
  if (scenario.needs.includes(twoStores)) return usual.slice(0, 1);
  const able = usual.filter(scenario.suits);
  // One that none can run is skipped on the first, with the reason.
  if (able.length === 0) return [driverNamed()];
  return scenario.everyStore ? able : able.slice(0, 1);
};

/** A kind beside that one which a run uses as well; undefined where it uses one alone. */
export const besides = ({ name }: Pick<StoreDriver, 'name'>, store?: string): StoreDriver | undefined =>
  driversOf(store).find((each) => each.name !== name);

/** The name of a scenario on a kind of store: the first kind, which every scenario has always had, is not said. */
export const nameOn = (scenario: string, { name }: Pick<StoreDriver, 'name'>): string =>
  name === nfs.name ? scenario : `${scenario} [${name}]`;

/**
 * The driver of that name; the first where none is named, as in a run that says nothing of it. Throws for a
 * name that no driver has.
 */
export const driverNamed = (name = nfs.name): StoreDriver => {
  const driver = drivers.find((each) => each.name === name);
  if (driver === undefined)
    throw new Error(
      `there is no backup store of the kind ${name}: known are ${drivers.map((each) => each.name).join(', ')}`,
    );
  return driver;
};
