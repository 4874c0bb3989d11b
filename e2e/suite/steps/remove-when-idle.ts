import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { BackupStore } from '../../store/store.ts';
import { StoreBusy } from '../../store/wait-until-idle.ts';
import { storeIdleLimits } from './timeouts.ts';

type WorkedOn = { store: Pick<BackupStore, 'untilIdle'>; clocks: LonghornClocks; run: string };

/** Removes something of a backup store when no work goes on in the store. `what` names it in errors. */
export type RemoveWhenIdle = (
  what: string,
  take: () => Promise<void>,
  volumes?: readonly string[],
) => Promise<void>;

/**
 * Creates a function that waits for the end of all work in a store. Longhorn removes blocks after a Backup is gone; if
 * their folder goes meanwhile, managers of v1.8.0 to v1.11.2 panic (longhorn#13245). All waits share one time limit.
 * After it, things are left, with an error. If the store cannot be read, they are removed, also with an error.
 */
export const createRemoveWhenIdle = ({ store, clocks, run }: WorkedOn): RemoveWhenIdle => {
  const { seconds, atMost = seconds, owner } = storeIdleLimits(clocks);
  const lockLife = Math.ceil(clocks.lockLife / 1000);
  let left = atMost;
  return async (what, take, volumes = []) => {
    const start = performance.now();
    const patience = { seconds: Math.min(seconds, Math.ceil(left)), atMost: Math.ceil(left), owner };
    const problem = await store.untilIdle({ volumes, lockLife, ...patience }).then(
      () => undefined,
      (error: Error) => error,
    );
    left = problem instanceof StoreBusy ? 0 : Math.max(0, left - (performance.now() - start) / 1000);
    if (problem instanceof StoreBusy)
      throw new Error(
        `${what} is left: ${problem.message}; when that has ended, remove it with npx corral cleanup --run ${run}`,
      );
    await take();
    if (problem !== undefined)
      throw new Error(
        `it is unknown whether ${what} was still in use when it was removed: ${problem.message}`,
      );
  };
};
