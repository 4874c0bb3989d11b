import type { Duration } from '../../kube/duration.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import { type Phase, phases } from './phases.ts';

/** A time-out and whose it is; the words go into the message when it runs out. */
export type Limit = { within: Duration; owner: string };

/** The time-outs of the steps, by what they wait for. */
export type Limits = Record<keyof typeof phases, Limit>;

/**
 * Every time-out of the steps, for a Longhorn with these clocks: what a slow machine may take, and how often each clock may go round until then.
 * What is decided earlier ends earlier.
 */
export const limitsOn = ({ resync, deletionBackoff, lockLife }: LonghornClocks): Limits => {
  const toLimit = ({ machine, resyncs = 0, backoffs = 0, locks = 0, owner }: Phase): Limit => ({
    within: `${Math.round(machine * 1000 + resyncs * resync + backoffs * deletionBackoff + locks * lockLife)}ms`,
    owner,
  });
  return Object.fromEntries(Object.entries(phases).map(([name, phase]) => [name, toLimit(phase)])) as Limits;
};

/** Waits until an expectation is decided, for as long as the limit allows; its verdict when it is met, its error otherwise. */
export const judge = <T>({ within }: { within(time: Duration, owner: string): Promise<T> }, limit: Limit): Promise<T> =>
  within(limit.within, limit.owner);

/** How long the store may stay locked after the last backup: the lock is removed when its holder ends, and counts no more when its life is over. */
export const storeQuiet = ({ lockLife }: LonghornClocks): { seconds: number; owner: string } => ({
  seconds: Math.ceil(lockLife / 1000) + 30,
  owner: `the expectation on the store: a lock's life of ${lockLife / 1000} s`,
});
