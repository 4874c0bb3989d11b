import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../environment.ts';
import { loadConfig, saveConfig } from './configs.ts';
import { StoreError } from './errors.ts';
import {
  describeLock,
  encodeLock,
  type Lock,
  type LockType,
  lockNotAcquiredMessage,
  lockPurpose,
  lockTypes,
  preventsAcquisition,
} from './lock-rules.ts';
import { lockPath, locksPath } from './paths.ts';
import type { Store } from './store.ts';

/**
 * Reads the locks of a volume. As in Longhorn, there are none if they cannot be listed, and a lock that
 * cannot be read is skipped (lock.go, getLockNamesForVolume and getLocksForVolume).
 */
const readLocks = async (store: Store, volume: string): Promise<Lock[]> => {
  const isStrict = store.isFixed('lock-fails-open');
  const locks: Lock[] = [];
  const listed = store.list(locksPath(volume), isStrict ? 'error' : 'empty');
  for (const file of isStrict ? await listed : await listed.catch(() => [])) {
    if (!file.endsWith('.lck')) continue;
    const path = `${locksPath(volume)}/${file}`;
    try {
      const { Name, Type, Acquired } = JSON.parse(await loadConfig(store, path));
      locks.push({ Name, Type, Acquired, serverTime: await store.changedAt(path) });
      store.log.info(`Loaded lock ${path} type ${Type} on backupstore`);
    } catch (error) {
      store.log.warning(`Failed to load lock ${path} on backupstore`, { error });
      // An unreadable lock conflicts with every type and comes first: until it expires, no other lock is acquired.
      if (isStrict)
        locks.push({ Name: file, Type: 0, Acquired: true, serverTime: await store.changedAt(path) });
    }
  }
  return locks;
};

/**
 * Runs work under a lock on a volume of the store. Writes the lock, and reads the others after clock.lockWait, so that
 * two concurrent requesters see each other. Rewrites the lock every clock.lockRefresh, because it expires otherwise.
 * Tries once. Throws Longhorn's text if another lock blocks this one.
 */
export const withStoreLock = async <T>(
  { store, volume, type, clock, mutant }: { store: Store; volume: string; type: LockType } & Behaviour,
  work: () => Promise<T>,
): Promise<T> => {
  const name = `lock-${randomBytes(8).toString('hex')}`;
  const path = lockPath(volume, name);
  const save = async (Acquired: boolean): Promise<Lock> => {
    await saveConfig(store, path, encodeLock({ Name: name, Type: type, Acquired }));
    store.log.info(`Stored lock ${path} type ${type} on backupstore`);
    return { Name: name, Type: type, Acquired, serverTime: await store.changedAt(path) };
  };
  const release = async (): Promise<void> => {
    await store.remove(path);
    store.log.info(`Removed lock ${path} type ${type} on backupstore`);
  };

  const own = await save(false);
  await sleep(clock.lockWait);
  const others = await readLocks(store, volume).catch(async (error) => {
    await release().catch(() => undefined);
    throw error;
  });
  store.log.info(`Trying to acquire lock ${path}`, { lock: describeLock(own, volume) });
  store.log.info(
    `backupstore volume ${volume} contains locks [${others.map((other) => describeLock(other)).join(' ')}]`,
  );
  if (
    others.some((other) =>
      preventsAcquisition(other, own, { now: Date.now(), expiry: clock.lockExpiry, mutant }),
    )
  ) {
    await release().catch(() => undefined);
    throw new StoreError(lockNotAcquiredMessage(path, type));
  }
  store.log.info(`Acquired lock ${path} for ${lockPurpose(type)} on backupstore`);
  try {
    await save(true);
  } catch (error) {
    await release().catch(() => undefined);
    throw new StoreError(
      `failed to store updated lock ${path} when performing ${lockPurpose(type)}, please try again later: ` +
        (error as Error).message,
    );
  }
  // A fix that Longhorn lacks: a deletion whose lock has expired ends, and what it has requested with its process.
  const { promise: expired, reject: expire } = Promise.withResolvers<never>();
  const ends = type === lockTypes.deletion && store.isFixed('deletion-outlives-its-lock');
  let written = Date.now();
  // One refresh at a time, as in Longhorn: on a store that does not answer they would pile up.
  let refreshing: Promise<unknown> | undefined;
  const refresh = setInterval(() => {
    if (ends && Date.now() - written > clock.lockExpiry) expire(new StoreError(`lock ${path} has expired`));
    refreshing ??= save(true)
      .then(() => {
        written = Date.now();
      })
      .catch((error) => store.log.warning(`Failed to refresh acquired lock ${path}`, { error }))
      .finally(() => {
        refreshing = undefined;
      });
  }, clock.lockRefresh);
  try {
    return await Promise.race([work(), expired]);
  } finally {
    clearInterval(refresh);
    // A running refresh would create the file again after its removal.
    await refreshing;
    await release().catch((error) => store.log.warning('Failed to unlock', { error }));
  }
};
