import type { ServerFeature, StoreDriver } from '../../store/driver.ts';
import { diskNearlyFull } from './disk-nearly-full.ts';
import { fileDamaged } from './file-damaged.ts';
import { fileEmptied } from './file-emptied.ts';
import { fileMissing } from './file-missing.ts';
import { foreignFile } from './foreign-file.ts';
import { foreignLock } from './foreign-lock/foreign-lock.ts';
import { immutableFile } from './immutable-file.ts';
import { keyReplaced } from './key-replaced.ts';
import { readOnlyBackups } from './read-only-backups.ts';
import { listingDenied, readingDenied, writingDenied } from './reading-denied.ts';
import { secretLost } from './secret-lost.ts';
import { serverEnded } from './server-ended.ts';
import { serverFrozen, serverGone, serverSlow } from './server-stalled.ts';
import { storeEmptied } from './store-emptied.ts';
import type { StoreFault } from './store-fault.ts';
import { versionsKept } from './versions-kept.ts';
import { wrongAnswers } from './wrong-answers.ts';

/** All faults of a backup store. Each is a step, and a need that scenarios can declare. */
export const storeFaults = [
  immutableFile,
  foreignLock,
  listingDenied,
  readingDenied,
  writingDenied,
  fileEmptied,
  fileDamaged,
  fileMissing,
  foreignFile,
  storeEmptied,
  diskNearlyFull,
  wrongAnswers,
  versionsKept,
  keyReplaced,
  secretLost,
  serverEnded,
  serverGone,
  serverFrozen,
  serverSlow,
  readOnlyBackups,
] as const;

export type StoreFaultName = (typeof storeFaults)[number]['name'];

/** A fault of a backup store with any parameters. */
// biome-ignore lint/suspicious/noExplicitAny: of any.
export type AnyStoreFault = StoreFault<StoreFaultName, any[], object>;

/** The faults of a backup store among the needs of a scenario. */
export const storeFaultsIn = (needs: readonly string[]): readonly AnyStoreFault[] =>
  (storeFaults as readonly AnyStoreFault[]).filter(({ name }) => needs.includes(name));

/** Whether the stores of a driver support all faults that a scenario needs. */
export const supportsFaults =
  (needs: readonly string[]) =>
  (driver: Pick<StoreDriver, 'access'>): boolean =>
    storeFaultsIn(needs).every(({ suits }) => suits(driver));

/** The features with which the server of a store must be started for a scenario's needs. */
export const featuresFor = (needs: readonly string[]): readonly ServerFeature[] => [
  ...new Set(storeFaultsIn(needs).flatMap(({ features = [] }) => features)),
];
