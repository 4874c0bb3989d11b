import { setTimeout } from 'node:timers/promises';
import type { RunConfig } from '../../config/config.ts';
import { openPressureMeter } from '../../machine/pressure.ts';
import type { Concurrency } from '../../report/schema.ts';
import { createClaims } from './claims.ts';
import { adaptConcurrency } from './concurrency.ts';
import { createHolder, type Holder } from './holder.ts';

/** The locks of a run. */
export type Locks = {
  join(): Holder;
  /** For one who keeps backup targets from being changed, or changes one: beside what a scenario holds. */
  joinTargets(): Holder;
  /** Nobody is granted anything before so many more have come. */
  awaits(holders: number): void;
  /** How many were at work at once so far, where the machine's load decides that. */
  concurrency(): Concurrency | undefined;
  close(): void;
};

/** How long the machine is looked at before the first scenario begins, in ms: ten samples. */
const lookedAtFor = 1_000;

/**
 * Opens the locks of a run. A number of workers is kept to exactly; where only is said how many may have begun,
 * the machine's load decides.
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
