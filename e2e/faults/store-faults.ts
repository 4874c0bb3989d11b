import { z } from 'zod';
import type { Disruption } from '../longhorn/disruptions.ts';
import {
  type Ability,
  abilities,
  type DeniedReading,
  type ForeignLock,
  type KeptVersions,
  type ReplacedKey,
  type RunningStore,
  type Trouble,
  type WantedLock,
  type Wrong,
} from '../store/driver.ts';
import { driverNamed, drivers } from '../store/drivers/index.ts';
import type { Fault, FaultKind, KindName } from './fault.ts';

// A ledger of an older version names no driver: there was one.
const schema = z.looseObject({ driver: z.string().optional() });

const healing = (ability: Ability, disruption?: Disruption): FaultKind => ({
  reach: 'none',
  ability,
  ...(disruption !== undefined && { disruption }),
  heal: async (cluster, data) => {
    const { name, heals } = driverNamed(schema.parse(data).driver);
    const heal = heals[ability];
    if (heal === undefined) throw new Error(`a store of the kind ${name} has nothing to undo of ${ability}`);
    return heal.heal(cluster, data);
  },
  // Whichever driver the run had.
  healByLabels: async (cluster, run, namespace) => {
    const told = drivers.map(
      async ({ heals }) => (await heals[ability]?.healByLabels?.(cluster, run, namespace)) ?? [],
    );
    return (await Promise.all(told)).flat();
  },
});

/** The kinds of what is done to a store, or to how Longhorn sees it. */
export const storeFaults = {
  'immutable-file': healing('denyDeletion'),
  'foreign-lock': healing('foreignLock'),
  'stalled-server': healing('stall', 'store-stall'),
  'read-only-backups': healing('readOnlyBackups', 'manager-mount'),
  'denied-reading': healing('denyReading'),
  'emptied-file': healing('emptyFile'),
  'hidden-file': healing('hideFile'),
  'filled-store': healing('littleSpace'),
  'replaced-key': healing('replaceKey'),
  'kept-versions': healing('keepVersions'),
  'wrong-answers': healing('wrongAnswers'),
} as const satisfies Partial<Record<KindName, FaultKind>>;

const able = <A extends Ability>(store: RunningStore, ability: A): NonNullable<RunningStore[A]> => {
  const has = store[ability];
  if (has === undefined)
    throw new Error(
      `the scenario must say that it needs ${abilities[ability]} (${ability}): ${store.driver} has none`,
    );
  return has;
};

const fault = <T extends Trouble>(kind: KindName, store: RunningStore, trouble: T): T & Fault => ({
  ...trouble,
  kind,
  data: { driver: store.driver, ...trouble.data },
});

/** The fault that a file of the store cannot be removed by any client. */
export const deniedFile = (store: RunningStore, file: { path: string; title: string }): Fault =>
  fault('immutable-file', store, able(store, 'denyDeletion')(file));

/** The fault of a lock on a volume that none of Longhorn's processes holds. */
export const foreignLock = (store: RunningStore, lock: WantedLock): ForeignLock & Fault =>
  fault('foreign-lock', store, able(store, 'foreignLock')(lock));

/** The fault that the store's server answers nothing, for a while or until the heal, or slowly. */
export const stalledServer = (store: RunningStore, how: 'frozen' | 'slow' | 'gone', title: string): Fault =>
  fault('stalled-server', store, able(store, 'stall')(how, title));

/** The fault that no backup in a folder can be removed by a longhorn-manager. */
export const readOnlyBackups = async (
  store: RunningStore,
  folder: { path: string; title: string },
): Promise<Fault> => fault('read-only-backups', store, await able(store, 'readOnlyBackups')(folder));

/** The fault that the store's server refuses the reading of a folder to every client. */
export const deniedReading = (
  store: RunningStore,
  folder: { path: string; denied: DeniedReading; title: string },
): Fault => fault('denied-reading', store, able(store, 'denyReading')(folder));

/** The fault that a file of the store is empty. */
export const emptiedFile = (store: RunningStore, file: { path: string; title: string }): Fault =>
  fault('emptied-file', store, able(store, 'emptyFile')(file));

/** The fault that a file of the store is not there. */
export const hiddenFile = (store: RunningStore, file: { path: string; title: string }): Fault =>
  fault('hidden-file', store, able(store, 'hideFile')(file));

/** The fault that the store takes only so many bytes more. */
export const filledStore = (store: RunningStore, space: { left: number; title: string }): Fault =>
  fault('filled-store', store, able(store, 'littleSpace')(space));

/** The fault that the key by which Longhorn logs in to the store is replaced by another. */
export const replacedKey = (store: RunningStore, title: string): ReplacedKey & Fault =>
  fault('replaced-key', store, able(store, 'replaceKey')(title));

/** The state of a store that nothing can be deleted from for good: what is written is under retention. */
export const keptVersions = (store: RunningStore, title: string): KeptVersions & Fault =>
  fault('kept-versions', store, able(store, 'keepVersions')(title));

/** The fault that the store's server answers chosen requests wrongly. */
export const wrongAnswers = (store: RunningStore, wrong: Wrong): Fault =>
  fault('wrong-answers', store, able(store, 'wrongAnswers')(wrong));
