/** Types of locks: backup and restore agree with each other; a deletion agrees with deletions. */
export const lockTypes = { backup: 1, deletion: 2 } as const;

export type LockType = (typeof lockTypes)[keyof typeof lockTypes];

/** A lock as the store holds it; serverTime is its file's time of change in milliseconds since the epoch. */
export type Lock = { Name: string; Type: number; Acquired: boolean; serverTime: number };

/** Writes a lock's file byte for byte as Longhorn does. */
export const encodeLock = ({ Name, Type, Acquired }: Omit<Lock, 'serverTime'>): string => JSON.stringify({ Name, Type, Acquired });

/** Which of two locks goes first: the acquired one, then the older one, then the one whose name comes first. Negative: the first. */
const compareLocks = (a: Lock, b: Lock): number => {
  if (a.Acquired !== b.Acquired) return a.Acquired ? -1 : 1;
  if (a.serverTime !== b.serverTime) return a.serverTime - b.serverTime;
  return a.Name < b.Name ? -1 : Number(a.Name > b.Name);
};

/** Whether a lock keeps another from being acquired: another type, goes first, and not expired (times in milliseconds). */
export const blocks = (other: Lock, own: Lock, { now, expiry }: { now: number; expiry: number }): boolean =>
  other.Type !== own.Type && compareLocks(other, own) < 0 && now - other.serverTime <= expiry;

/** The text of a lock that was not got. It names the requester's own lock, removed by then, as Longhorn does. */
export const notAcquired = (path: string, type: LockType): string =>
  `failed to acquire lock ${path} when performing backup ${type === lockTypes.deletion ? 'delete' : 'create/restore'}, please try again later`;
