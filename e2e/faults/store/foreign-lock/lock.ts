import { randomBytes } from 'node:crypto';
import { lockFilePath, volumeFolder } from '../../../store/format/layout.ts';

/**
 * The operations that a foreign lock can be for, and the lock type number in its file (backupstore, lock.go). Locks
 * of the same type never conflict.
 */
export const foreignLockTypes = { 'a backup': 1, 'a deletion': 2 } as const;

/**
 * A lock to write. `life` is how many seconds a lock counts after its last refresh. `counts` is how many seconds this
 * lock must count in all.
 */
export type WantedLock = { volume: string; of: keyof typeof foreignLockTypes; life: number; counts: number };

/** A foreign lock in a store, and operations on it. */
export type ForeignLock = {
  name: string;
  of: keyof typeof foreignLockTypes;
  /** Simulates that the holder refreshes the lock for the last time now. The lock then expires after its life. */
  abandon(): Promise<void>;
  /** Waits until the lock has expired by the server's clock. Returns its age in seconds. Throws if the lock is gone. */
  outlived(): Promise<number>;
};

/**
 * Allowed clock difference, in seconds. Longhorn compares the server's time of a lock with the clock of its own node.
 */
export const maxClockSkew = 2;

/** The name, path in the store, and content of a new lock. */
export const newLock = ({ volume, of }: WantedLock): { name: string; path: string; content: string } => {
  const name = `lock-${randomBytes(8).toString('hex')}`;
  const content = JSON.stringify({ Name: name, Type: foreignLockTypes[of], Acquired: true });
  return { name, path: `${volumeFolder(volume)}/${lockFilePath(name)}`, content };
};
