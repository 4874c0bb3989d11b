import type { Mutant } from '../mutants.ts';

/** Types of locks: backup and restore agree with each other; a deletion agrees with deletions. */
export const lockTypes = { backup: 1, deletion: 2 } as const;

export type LockType = (typeof lockTypes)[keyof typeof lockTypes];

/** A lock as the store holds it; serverTime is its file's time of change in milliseconds since the epoch. */
export type Lock = { Name: string; Type: number; Acquired: boolean; serverTime: number };

/** Writes a lock's file byte for byte as Longhorn does. */
export const encodeLock = ({ Name, Type, Acquired }: Omit<Lock, 'serverTime'>): string =>
  JSON.stringify({ Name, Type, Acquired });

/**
 * Which of two locks goes first: the acquired one, then the older one, then the one whose name comes first.
 * Negative: the first.
 */
const compareLocks = (a: Lock, b: Lock): number => {
  if (a.Acquired !== b.Acquired) return a.Acquired ? -1 : 1;
  if (a.serverTime !== b.serverTime) return a.serverTime - b.serverTime;
  return a.Name < b.Name ? -1 : Number(a.Name > b.Name);
};

/**
 * Whether a lock keeps another from being acquired: another type, goes first, and not expired (times in
 * milliseconds).
 */
export const blocks = (
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

/** What a lock is wanted for, in Longhorn's words. */
export const purposeOf = (type: LockType): string =>
  type === lockTypes.deletion ? 'backup delete' : 'backup create/restore';

/**
 * The text of a lock that was not got. It names the requester's own lock, removed by then, as Longhorn does.
 */
export const notAcquired = (path: string, type: LockType): string =>
  `failed to acquire lock ${path} when performing ${purposeOf(type)}, please try again later`;

/** A lock as Longhorn logs it; the volume is only known of one's own. */
export const describeLock = ({ Name, Type, Acquired, serverTime }: Lock, volume = ''): string => {
  const time = new Date(serverTime).toISOString();
  // As Go writes a time: S3 knows whole seconds.
  const changed = `${time.slice(0, 10)} ${time.slice(11, -1).replace(/\.?0+$/, '')} +0000 UTC`;
  return `{ volume: ${volume}, name: ${Name}, type: ${Type}, acquired: ${Acquired}, serverTime: ${changed} }`;
};
