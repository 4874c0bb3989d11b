import { randomUUID } from 'node:crypto';
import { orAborted } from '../../kube/or-aborted.ts';
import type { Claim, Claims } from './claims.ts';

/** The interface to the locks for one holder. */
export type Holder = {
  /**
   * Releases what is held and waits until the whole claim is granted. Rejects when the signal aborts. Resolves with
   * false if `maxFailures` was reached before the holder began.
   */
  hold(claim: Claim, signal: AbortSignal): Promise<boolean>;
  /** Counts a failure of the holder. */
  fail(): void;
  /** Releases the place. The names stay held. */
  releasePlace(): void;
  /** Lends the place to others while `work` waits. The names stay held. */
  pauseDuring<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Releases the place. If this holder alone blocks an exclusive claim, resolves after that claim's turn. Rejects as
   * `hold` does.
   */
  letOthersFirst(signal: AbortSignal): Promise<void>;
  release(): void;
};

/** Calls `ask` and waits for the answer. Rejects when the signal aborts. */
const waitForAnswer = async (
  signal: AbortSignal,
  ask: (answer: (granted: boolean) => void) => void,
): Promise<boolean> => {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  ask(resolve);
  return orAborted(promise, signal);
};

/** Creates a holder without claims. */
export const createHolder = (claims: Claims): Holder => {
  const self = randomUUID();
  return {
    hold: (claim, signal) =>
      waitForAnswer(signal, (answer) =>
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
      await waitForAnswer(signal, (answer) => claims.letOthersFirst(self, () => answer(true)));
    },
    release: () => claims.release(self),
  };
};
