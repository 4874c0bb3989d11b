import { setTimeout } from 'node:timers/promises';
import type { RunConfig } from '../../config/config.ts';
import { openPressureMeter } from '../../machine/pressure.ts';
import type { Concurrency } from '../../report/schema.ts';
import { createClaims } from './claims.ts';
import { adaptConcurrency } from './concurrency.ts';
import { createHolder, type Holder } from './holder.ts';

export type Locks = {
  join(): Holder;
  /**
   * Creates a holder for changes of backup targets, or for keeping them unchanged. These locks are separate from the
   * scenario's claim.
   */
  joinTargets(): Holder;
  /** Nothing is granted before this number of additional holders have asked. */
  awaits(holders: number): void;
  /** The numbers of running scenarios so far. Undefined if the load of the machine does not control it. */
  concurrency(): Concurrency | undefined;
  close(): void;
};

/** The time for measuring the machine's load before the first scenario, in ms: ten samples. */
const lookedAtFor = 1_000;

/**
 * Opens the locks of a run. With `workers`, exactly that number is used. With only `begun`, the load of the machine
 * controls how many run.
 */
export const openLocks = async (
  { workers: places, begun, maxFailures }: Pick<RunConfig, 'workers' | 'begun' | 'maxFailures'>,
  openMeter = openPressureMeter,
): Promise<Locks> => {
  const claims = createClaims({
    ...(places !== undefined && { places }),
    ...(begun !== undefined && { begun }),
    ...(maxFailures !== undefined && { maxFailures }),
  });
  const targets = createClaims();
  let concurrency: Concurrency | undefined;
  const locks = {
    join: () => createHolder(claims),
    joinTargets: () => createHolder(targets),
    awaits: claims.awaits,
    concurrency: () => concurrency,
  };
  if (places !== undefined || begun === undefined) return { ...locks, close: () => {} };
  const meter = openMeter();
  await setTimeout(lookedAtFor);
  const adapting = adaptConcurrency(claims, {
    before: meter.take().runQueue,
    take: meter.take,
    onCounted: (counted) => {
      concurrency = counted;
    },
  });
  return {
    ...locks,
    close: () => {
      adapting.stop();
      meter.close();
    },
  };
};
