import type { Mutant } from '../mutants.ts';

/** Types of locks. Only locks of different types conflict. A restore has the type of a backup. */
export const lockTypes = { backup: 1, deletion: 2 } as const;

export type LockType = (typeof lockTypes)[keyof typeof lockTypes];

/** A lock in the store. serverTime is the modification time of its file, in milliseconds since the epoch. */
export type Lock = { Name: string; Type: number; Acquired: boolean; serverTime: number };

/** Encodes the file of a lock byte for byte as Longhorn does. */
export const encodeLock = ({ Name, Type, Acquired }: Omit<Lock, 'serverTime'>): string =>
  JSON.stringify({ Name, Type, Acquired });

/**
 * Order of two locks: the acquired one first, then the older one, then by name. Negative if the first
 * argument comes first.
 */
const compareLocks = (a: Lock, b: Lock): number => {
  if (a.Acquired !== b.Acquired) return a.Acquired ? -1 : 1;
  if (a.serverTime !== b.serverTime) return a.serverTime - b.serverTime;
  return a.Name < b.Name ? -1 : Number(a.Name > b.Name);
};

/**
 * Whether `other` keeps `own` from being acquired: it has another type, comes first, and has not expired.
 * Times are in milliseconds.
 */
export const preventsAcquisition = (
  other: Lock,
  own: Lock,
  { now, expiry, mutant }: { now: number; expiry: number; mutant?: Mutant | undefined },
): boolean => {
  const ignores = mutant === 'lock-ignored' || mutant === 'deletion-beside-restore';
  if (ignores && own.Type === lockTypes.deletion) return false;
  const agree = other.Type === own.Type && (mutant !== 'same-type-locks-conflict' || other.Name === own.Name);
  const expired = now - other.serverTime > expiry && mutant !== 'lock-never-expires';
  return !agree && !expired && compareLocks(other, own) < 0;
};

/** The purpose of a lock, in Longhorn's words. */
export const lockPurpose = (type: LockType): string =>
  type === lockTypes.deletion ? 'backup delete' : 'backup create/restore';

/**
 * The error text if a lock was not acquired. As in Longhorn, it names the requester's own lock, which is
 * already removed.
 */
export const lockNotAcquiredMessage = (path: string, type: LockType): string =>
  `failed to acquire lock ${path} when performing ${lockPurpose(type)}, please try again later`;

/** Formats a lock as Longhorn logs it. The volume is only known for the process's own lock. */
export const describeLock = ({ Name, Type, Acquired, serverTime }: Lock, volume = ''): string => {
  const time = new Date(serverTime).toISOString();
  // Go's format omits trailing zeros. Times of S3 are in whole seconds.
  const changed = `${time.slice(0, 10)} ${time.slice(11, -1).replace(/\.?0+$/, '')} +0000 UTC`;
  return `{ volume: ${volume}, name: ${Name}, type: ${Type}, acquired: ${Acquired}, serverTime: ${changed} }`;
};
