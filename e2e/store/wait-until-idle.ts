import { presentObserver } from '../history/observer.ts';
import { parseLock } from './format/config.ts';
import { lockTypeLabels } from './fsck/check-locks.ts';

/**
 * How long to wait for work in a store to end, in seconds. Without `atMost` the wait ends after `seconds`. With
 * `atMost` it ends when nothing has changed for `seconds` (no lock refreshed, no block removed), and after `atMost`
 * at the latest. `owner` is the component that the time-out error names.
 */
export type IdleLimits = { seconds: number; atMost?: number; owner: string };

/** Which locks to search for. */
export type LockSearch = {
  /** The volumes whose folders are searched. Empty means all volumes. */
  volumes: readonly string[];
  /** How many seconds a lock counts after its last refresh, by the server's clock. */
  life: number;
  /** How long to search again while a lock counts, in whole seconds. */
  seconds: number;
};

/** A lock that counts. `written` (its last refresh) and `age` are in seconds by the server's clock. */
export type ActiveLock = { path: string; written: number; age: number; content: Buffer };

/** The two ways to read the state of work in a store. */
export type WorkReader = {
  locks(search: LockSearch): Promise<ActiveLock[]>;
  /** Counts the blocks in a volume's folder (a path). Undefined if they cannot be listed. */
  countBlocks(folder: string): Promise<number | undefined>;
};

/** A lock that still counts after a wait. */
type RemainingLock = {
  volume: string;
  lock: string;
  /** The kind of operation that holds a lock of this type. */
  of: string;
  /** Seconds since its last refresh, by the server's clock. */
  age: number;
};

/** The work that goes on after a wait. Times are in seconds. */
type RemainingWork = IdleLimits & {
  waited: number;
  locks: RemainingLock[];
  /** The number of blocks left in each folder with work. */
  blocks: { volume: string; left: number }[];
  /** Seconds from the start of the wait to the last change. Undefined if nothing changed. */
  changedAfter?: number;
};

/** Thrown if work in a backup store goes on after the wait. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
  readonly left: RemainingWork;

  constructor(left: RemainingWork) {
    super(`work in the backup store has not ended ${describeRemainingWork(left)}`);
    this.left = left;
  }
}

/** Describes the length of the wait and the work that is left. */
export const describeRemainingWork = (left: RemainingWork): string => {
  const { waited, seconds, atMost, owner, changedAfter } = left;
  const isBounded = changedAfter !== undefined && atMost !== undefined && changedAfter + seconds > atMost;
  const why = isBounded
    ? ', the maximum, while something still changed'
    : changedAfter === undefined
      ? ''
      : `, the last ${Math.round(waited - changedAfter)} s without a change`;
  return `after ${Math.round(waited)} s${why} (${owner}): ${describeWork(left)}`;
};

/** Describes the locks and the numbers of blocks. */
export const describeWork = ({ locks, blocks }: Pick<RemainingWork, 'locks' | 'blocks'>): string => {
  const held = locks.map(
    ({ volume, lock, of, age }) =>
      `lock ${lock} of ${of} in the folder of ${volume}, last written ${age} s ago`,
  );
  const counted = blocks.map(({ volume, left }) => `${left} blocks in the folder of ${volume}`);
  return [...held, ...counted].join('; ');
};

const folderOf = ({ path }: ActiveLock): string => path.split('/').slice(0, -2).join('/');
const volumeOf = (folder: string): string => folder.slice(folder.lastIndexOf('/') + 1);

const toLeft = (lock: ActiveLock): RemainingLock => ({
  volume: volumeOf(folderOf(lock)),
  lock: lock.path.slice(lock.path.lastIndexOf('/') + 1).replace(/\.lck$/, ''),
  of: lockTypeLabels[parseLock(lock.content).config?.Type ?? 0] ?? 'an unknown type',
  age: lock.age,
});

// In seconds. `longestLook` limits one search for locks, so that refreshed locks and removed blocks are noticed in
// between. `pause` is the time between the end of the last lock and the next count of blocks.
const longestLook = 10;
const pause = 1;

type Seen = { writings: string; blocks: Map<string, number | undefined> };

/**
 * Waits until no lock counts: its holder removed it, or did not refresh it for `life` seconds. If there was a lock,
 * also waits until no block is removed any more, because an operation that could not write its lock may still run.
 * Returns the work that is left after the wait; undefined if there is none.
 */
export const waitUntilIdle = async (
  { locks: readLocks, countBlocks }: WorkReader,
  { volumes, life, ...patience }: Pick<LockSearch, 'volumes' | 'life'> & IdleLimits,
): Promise<RemainingWork | undefined> => {
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
      observer?.changed?.();
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
