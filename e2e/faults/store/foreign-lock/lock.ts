import { randomBytes } from 'node:crypto';
import { volumeFolder } from '../../../store/format/layout.ts';

/**
 * What a lock is for, and the number that stands for it in its file (backupstore, lock.go): locks of one type
 * never conflict.
 */
export const foreignLockTypes = { 'a backup': 1, 'a deletion': 2 } as const;

/**
 * A lock to be written, in seconds: `life` is for how long one counts after it was last written, `counts` for
 * how long this one is to count.
 */
export type WantedLock = { volume: string; of: keyof typeof foreignLockTypes; life: number; counts: number };

/** A lock that nobody of Longhorn's holds, and the means to look at it. */
export type ForeignLock = {
  name: string;
  of: keyof typeof foreignLockTypes;
  /** As if its holder had written it for the last time now: it counts for its life. */
  abandon(): Promise<void>;
  /**
   * Waits until it counts no more, by the server's clock, and returns how long ago it was written, in
   * seconds; throws when it is not there any more.
   */
  outlived(): Promise<number>;
};

/** In seconds: Longhorn compares the server's time of a lock with the clock of its own node. */
export const clocksApart = 2;

/** A new lock's name, its file in the store, and what is in that. */
export const newLock = ({ volume, of }: WantedLock): { name: string; path: string; content: string } => {
  const name = `lock-${randomBytes(8).toString('hex')}`;
  const content = JSON.stringify({ Name: name, Type: foreignLockTypes[of], Acquired: true });
  return { name, path: `${volumeFolder(volume)}/locks/${name}.lck`, content };
};
