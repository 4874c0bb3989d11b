import { presentObserver } from '../history/observer.ts';
import { parseLock } from './format/config.ts';
import { lockTypeLabels } from './fsck/check-locks.ts';

/**
 * For how long work in a store is waited for, in seconds. With `atMost` it is given up when nothing has changed
 * for `seconds` (no lock was written, no block removed), and then at the latest; without, after `seconds`,
 * whatever changes. `owner` says whose time it is.
 */
export type StorePatience = { seconds: number; atMost?: number; owner: string };

/** What locks are looked for. */
export type LockSearch = {
  /** In whose folders; in all where none is named. */
  volumes: readonly string[];
  /** A lock counts for so many seconds after it was last written, by the server's clock. */
  life: number;
  /** Looks again, for so many whole seconds at most, while one counts. */
  seconds: number;
};

/** A lock that counts: when it was written and how long ago, in seconds by the server's clock. */
export type LivingLock = { path: string; written: number; age: number; content: Buffer };

/** How it is read whether a store is worked on. */
export type WorkReader = {
  locks(search: LockSearch): Promise<LivingLock[]>;
  /** Of the blocks in a volume's folder (a path); undefined where they cannot be listed. */
  countBlocks(folder: string): Promise<number | undefined>;
};

/** A lock that is still there after a wait. */
export type LockLeft = {
  volume: string;
  lock: string;
  /** Who holds one of its type. */
  of: string;
  /** Seconds since it was last written, by the server's clock. */
  age: number;
};

/** What is still at work after a wait; times in seconds. */
export type WorkLeft = StorePatience & {
  waited: number;
  locks: LockLeft[];
  /** How many blocks are left in the folders of the volumes that are worked on. */
  blocks: { volume: string; left: number }[];
  /** When something changed last, from the beginning of the wait; undefined where nothing did. */
  changedAfter?: number;
};

/** Somebody still works in a backup store. */
export class StillAtWork extends Error {
  override readonly name = 'StillAtWork';
  readonly left: WorkLeft;

  constructor(left: WorkLeft) {
    super(`the backup store is still worked on ${describeLeft(left)}`);
    this.left = left;
  }
}

/** Says after how long what is still at work. */
export const describeLeft = (left: WorkLeft): string => {
  const { waited, seconds, atMost, owner, changedAfter } = left;
  const isBounded = changedAfter !== undefined && atMost !== undefined && changedAfter + seconds > atMost;
  const why = isBounded
    ? ', the longest, while something still changed'
    : changedAfter === undefined
      ? ''
      : `, the last ${Math.round(waited - changedAfter)} s without a change`;
  return `after ${Math.round(waited)} s${why} (${owner}): ${describeWork(left)}`;
};

/** Says who is at work: the locks, and how many blocks there are. */
export const describeWork = ({ locks, blocks }: Pick<WorkLeft, 'locks' | 'blocks'>): string => {
  const held = locks.map(
    ({ volume, lock, of, age }) =>
      `lock ${lock} of ${of} in the folder of ${volume}, last written ${age} s ago`,
  );
  const counted = blocks.map(({ volume, left }) => `${left} blocks in the folder of ${volume}`);
  return [...held, ...counted].join('; ');
};

const folderOf = ({ path }: LivingLock): string => path.split('/').slice(0, -2).join('/');
const volumeOf = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1);

const toLeft = (lock: LivingLock): LockLeft => ({
  volume: volumeOf(folderOf(lock)),
  lock: lock.path.slice(lock.path.lastIndexOf('/') + 1).replace(/\.lck$/, ''),
  of: lockTypeLabels[parseLock(lock.content).config?.Type ?? 0] ?? 'an unknown type',
  age: lock.age,
});

// In seconds: one look at most, so that it is seen that a lock was written or that blocks are fewer; and from
// the end of a lock to where the blocks are counted again.
const longestLook = 10;
const pause = 1;

type Seen = { writings: string; blocks: Map<string, number | undefined> };

/**
 * Waits until no lock counts any more: its holder removed it, or nobody has written it for its life. Where that
 * took a while, also until no block goes any more, as who could not write a lock may still be at work. Returns
 * what is left when the patience is over.
 */
export const untilNobodyWorks = async (
  { locks: readLocks, countBlocks }: WorkReader,
  { volumes, life, ...patience }: Pick<LockSearch, 'volumes' | 'life'> & StorePatience,
): Promise<WorkLeft | undefined> => {
  const { seconds, atMost = seconds } = patience;
  const observer = presentObserver();
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  let changedAfter: number | undefined;
  let before: Seen | undefined;
  const left = (): number => Math.min((changedAfter ?? 0) + seconds, Math.max(atMost, seconds)) - passed();
  for (;;) {
    const locks = await readLocks({
      volumes,
      life,
      seconds: Math.max(0, Math.ceil(Math.min(left(), longestLook))),
    });
    if (locks.length === 0 && before === undefined) return undefined;
    if (locks.length === 0) await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    const folders = locks.length > 0 ? [...new Set(locks.map(folderOf))] : [...(before?.blocks.keys() ?? [])];
    const counted = folders.map(async (folder) => [folder, await countBlocks(folder)] as const);
    const blocks = new Map(await Promise.all(counted));
    const isFewer = [...blocks].some(([folder, now]) => Number(now) < Number(before?.blocks.get(folder)));
    if (locks.length === 0 && !isFewer) return undefined;
    const writings = locks
      .map(({ path, written }) => `${path} ${written}`)
      .sort()
      .join('\n');
    if (before !== undefined && (isFewer || writings !== before.writings)) {
      changedAfter = passed();
      observer?.moves?.();
    }
    before = { writings, blocks };
    if (left() <= 0)
      return {
        ...patience,
        waited: passed(),
        locks: locks.map(toLeft),
        blocks: [...blocks].flatMap(([folder, count]) =>
          count === undefined ? [] : { volume: volumeOf(folder), left: count },
        ),
        ...(changedAfter !== undefined && { changedAfter }),
      };
  }
};
