import { randomUUID } from 'node:crypto';
import type { Claim, Claims } from './claims.ts';

/** One holder's side of the locks. */
export type Holder = {
  /**
   * Releases what is held and waits until the whole claim is granted; rejects when the signal aborts.
   * Resolves with false where it was to begin, and nobody begins any more.
   */
  hold(claim: Claim, signal: AbortSignal): Promise<boolean>;
  /** Says that what holds this has failed. */
  fail(): void;
  /** Releases its place, and keeps what is held. */
  releasePlace(): void;
  /** While the work only waits, its place is another's; what is held is kept. */
  pauseDuring<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Releases its place; where somebody waits to have something alone for nobody else at work, resolves when
   * it has had its turn. Rejects as `hold` does.
   */
  letOthersFirst(signal: AbortSignal): Promise<void>;
  /** Releases everything. */
  release(): void;
};

/** Asks, and waits for the answer. */
const orAborted = async (
  signal: AbortSignal,
  ask: (answer: (granted: boolean) => void) => void,
): Promise<boolean> => {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    ask(resolve);
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/** Makes a holder that has nothing yet. */
export const createHolder = (claims: Claims): Holder => {
  const self = randomUUID();
  return {
    hold: (claim, signal) =>
      orAborted(signal, (answer) =>
        claims.ask(
          self,
          claim,
          () => answer(true),
          () => answer(false),
        ),
      ),
    fail: claims.fail,
    releasePlace: () => claims.releasePlace(self),
    pauseDuring: async (work) => {
      claims.pause(self);
      try {
        return await work();
      } finally {
        claims.resume(self);
      }
    },
    letOthersFirst: async (signal) => {
      await orAborted(signal, (answer) => claims.letOthersFirst(self, () => answer(true)));
    },
    release: () => claims.release(self),
  };
};
