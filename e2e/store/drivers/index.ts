import type { LocalReader, StoreDriver } from '../driver.ts';
import { cifs } from './cifs/driver.ts';
import { nfs } from './nfs/driver.ts';
import { s3 } from './s3/driver.ts';
import { ownBucket } from './s3/own-bucket-driver.ts';

/** All kinds of backup stores. */
export const drivers: readonly StoreDriver[] = [nfs, s3, cifs, ownBucket];

// `served` are the kinds that need no existing store. `usual` are those of them that need nothing on the nodes except
// what Longhorn requires.
const served: readonly StoreDriver[] = [nfs, s3, cifs];
const usual: readonly StoreDriver[] = [nfs, s3];

/** How this machine reads stores, one entry for each scheme of URLs. */
export const localReaders: readonly LocalReader[] = served.map(({ localReader }) => localReader);

/** Schemes of Longhorn's that nothing here reads: such a store is checked as a copy in a folder. */
export const copyOnlySchemes: readonly string[] = ['azblob'];

/** The kind of store in an existing bucket. */
export const ownBucketKind = ownBucket.name;

/** The choice of all kinds of stores. */
export const allStores = 'all';

/**
 * The choice of the first kind that supports what a scenario needs. Scenarios that ask for every store run on all
 * such kinds.
 */
export const fittingStores = 'fitting';

/** The values for the setting that chooses the kind of store. */
export const storeChoices: readonly string[] = [...served.map(({ name }) => name), allStores, fittingStores];

/** The need of a scenario that uses stores of two kinds. It starts on the first kind. */
export const twoStores = 'two-stores';

/** What decides on which kinds of stores a scenario runs. `suits` returns whether a kind supports what it needs. */
type StoreNeeds = { needs: readonly string[]; everyStore: boolean; suits(driver: StoreDriver): boolean };

/** The kinds of stores that a run uses for a setting, or that one scenario uses. */
export const driversOf = (store?: string, scenario?: StoreNeeds): readonly StoreDriver[] => {
  if (store === allStores) return scenario?.needs.includes(twoStores) ? served.slice(0, 1) : served;
  if (store !== fittingStores) return [driverNamed(store)];
  if (scenario === undefined) return usual;
  if (scenario.needs.includes(twoStores)) return usual.slice(0, 1);
  const able = usual.filter(scenario.suits);
  // If no kind supports the scenario, it is skipped on the first kind, with the reason.
  if (able.length === 0) return [driverNamed()];
  return scenario.everyStore ? able : able.slice(0, 1);
};

/** Another kind of store that the run uses as well. Undefined if the run uses only one kind. */
export const otherDriver = ({ name }: Pick<StoreDriver, 'name'>, store?: string): StoreDriver | undefined =>
  driversOf(store).find((each) => each.name !== name);

/**
 * The name of a scenario on a kind of store. The first kind is omitted, because names had no kind before there were
 * several.
 */
export const scenarioNameOn = (scenario: string, { name }: Pick<StoreDriver, 'name'>): string =>
  name === nfs.name ? scenario : `${scenario} [${name}]`;

/** The driver with a name. The default is the first kind, for runs that do not set it. Throws for an unknown name. */
export const driverNamed = (name = nfs.name): StoreDriver => {
  const driver = drivers.find((each) => each.name === name);
  if (driver === undefined)
    throw new Error(
      `there is no backup store of the kind ${name}: known are ${drivers.map((each) => each.name).join(', ')}`,
    );
  return driver;
};
