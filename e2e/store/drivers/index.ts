import type { StoreDriver } from '../driver.ts';
import { nfs } from './nfs/driver.ts';
import { s3 } from './s3/driver.ts';

/** Every kind of backup store, a row each. */
export const drivers: readonly StoreDriver[] = [nfs, s3];

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
