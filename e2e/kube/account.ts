import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';

/** Where a stretch of time went, in ms; the four add up to the time that passed. */
export type TimeSpent = {
  /** Idle while something of the cluster was waited for: an answer, a command in a pod, a state. */
  cluster: number;
  /** In line for something that others have. */
  locks: number;
  /** This account's share of the busy event loop, and idle while nothing of the cluster was waited for. */
  suite: number;
  /** The event loop was busy with the other accounts of this process. */
  others: number;
};

/** Keeps account of one piece of work that shares its process with others. */
export type UsageAccount = {
  /** Since it was opened. */
  spent(): TimeSpent;
  /** From each event that decided a wait: ms from the arrival of its bytes to the decision. */
  readonly decisions: readonly number[];
  /** Does work whose waits go on this account. */
  run<T>(work: () => T): T;
  /** Waits in line for others. */
  inLine<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
};

type Book = { spent: TimeSpent; waits: number; inLine: boolean; decisions: number[] };

const current = new AsyncLocalStorage<Book>();
const open = new Set<Book>();
let last = { at: 0, idle: 0 };

/**
 * Books the time since the last change. Idle time belongs to each account for itself, by what it was waiting
 * for. Who kept the event loop busy, nobody can say for sure (one watch event may be of use to all, a
 * collection of garbage to none), so busy time is shared equally among the accounts at work: none counts
 * another's work as its own, and none takes it for waiting.
 */
const bookTime = (): void => {
  const now = { at: performance.now(), idle: performance.eventLoopUtilization().idle };
  const passed = now.at - last.at;
  const idle = Math.min(passed, Math.max(0, now.idle - last.idle));
  last = now;
  const atWork = [...open].filter(({ inLine }) => !inLine);
  for (const { spent, inLine, waits } of open) {
    if (inLine) {
      spent.locks += passed;
      continue;
    }
    const share = (passed - idle) / atWork.length;
    spent.suite += share;
    spent.others += passed - idle - share;
    if (waits > 0) spent.cluster += idle;
    else spent.suite += idle;
  }
};

/** Opens an account; two of them do not disturb each other. */
export const openAccount = (): UsageAccount => {
  const book: Book = {
    spent: { cluster: 0, locks: 0, suite: 0, others: 0 },
    waits: 0,
    inLine: false,
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
    inLine: async (work) => {
      bookTime();
      book.inLine = true;
      try {
        return await work();
      } finally {
        bookTime();
        book.inLine = false;
      }
    },
    close: () => {
      bookTime();
      open.delete(book);
    },
  };
};

/** Does work that waits for the cluster, on the account that it is done for. */
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

// By the object: between its bytes and the decision on it there are many hands, none of which should have to
// carry the time along.
const arrivals = new WeakMap<object, number>();

/** Notes when the bytes of an object arrived, in ms of performance.now(). */
export const noteArrival = (object: object, at: number): void => void arrivals.set(object, at);

/**
 * Makes what notes, on the account that it is asked for on, that the object given has just decided something.
 */
export const decisionNote = (): ((object: object) => void) => {
  const book = current.getStore();
  return (object) => {
    const arrived = arrivals.get(object);
    if (arrived !== undefined) book?.decisions.push(performance.now() - arrived);
  };
};
