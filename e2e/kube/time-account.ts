import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';

/** How a period of time was spent, in ms. The four parts add up to the period. */
export type TimeSpent = {
  /** Idle while waiting for the cluster: a response, a command in a pod, or a state. */
  cluster: number;
  /** Waiting for a lock that others hold. */
  locks: number;
  /** This account's share of the busy event loop, and idle time without waiting for the cluster. */
  suite: number;
  /** The event loop was busy with the other accounts of this process. */
  others: number;
};

/** Measures the time of one piece of work that shares its process with others. */
export type TimeAccount = {
  /** The time since the account was opened. */
  spent(): TimeSpent;
  /** For each event that decided a wait: ms from the arrival of its bytes to the decision. */
  readonly decisions: readonly number[];
  /** Runs work whose waits belong to this account. */
  run<T>(work: () => T): T;
  /** Runs work that waits for a lock. */
  waitForLock<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
};

type Book = { spent: TimeSpent; waits: number; waitsForLock: boolean; decisions: number[] };

const current = new AsyncLocalStorage<Book>();
const open = new Set<Book>();
let last = { at: 0, idle: 0 };

/**
 * Adds the time since the last change to the accounts. Idle time goes to each account by what it was waiting for.
 * Busy time is shared equally among the working accounts, because its owner is unknown: one watch event can serve
 * all, and garbage collection serves none.
 */
const bookTime = (): void => {
  const now = { at: performance.now(), idle: performance.eventLoopUtilization().idle };
  const passed = now.at - last.at;
  const idle = Math.min(passed, Math.max(0, now.idle - last.idle));
  last = now;
  const active = [...open].filter(({ waitsForLock }) => !waitsForLock);
  for (const { spent, waitsForLock, waits } of open) {
    if (waitsForLock) {
      spent.locks += passed;
      continue;
    }
    const share = (passed - idle) / active.length;
    spent.suite += share;
    spent.others += passed - idle - share;
    if (waits > 0) spent.cluster += idle;
    else spent.suite += idle;
  }
};

/** Opens an account. Several accounts can be open at once. */
export const openTimeAccount = (): TimeAccount => {
  const book: Book = {
    spent: { cluster: 0, locks: 0, suite: 0, others: 0 },
    waits: 0,
    waitsForLock: false,
    decisions: [],
  };
  bookTime();
  open.add(book);
  return {
    spent: () => {
      bookTime();
      return { ...book.spent };
    },
    decisions: book.decisions,
    run: (work) => current.run(book, work),
    waitForLock: async (work) => {
      bookTime();
      book.waitsForLock = true;
      try {
        return await work();
      } finally {
        bookTime();
        book.waitsForLock = false;
      }
    },
    close: () => {
      bookTime();
      open.delete(book);
    },
  };
};

/** Runs work that waits for the cluster, on the current account. */
export const awaitCluster = async <T>(work: () => Promise<T>): Promise<T> => {
  const book = current.getStore();
  if (book === undefined) return work();
  bookTime();
  book.waits += 1;
  try {
    return await work();
  } finally {
    bookTime();
    book.waits -= 1;
  }
};

// Keyed by object, so that the functions between arrival and decision do not have to pass the time on.
const arrivals = new WeakMap<object, number>();

/** Records when the bytes of an object arrived, in ms of performance.now(). */
export const noteArrival = (object: object, at: number): void => void arrivals.set(object, at);

/** Returns a function that records, on the current account, that an object has just decided a wait. */
export const decisionNote = (): ((object: object) => void) => {
  const book = current.getStore();
  return (object) => {
    const arrived = arrivals.get(object);
    if (arrived !== undefined) book?.decisions.push(performance.now() - arrived);
  };
};
