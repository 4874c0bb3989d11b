import type { LonghornClocks } from '../../longhorn/clocks.ts';
import { StillAtWork } from '../../store/at-work.ts';
import type { BackupStore } from '../../store/store.ts';
import { storeQuiet } from './timeouts.ts';

type WorkedOn = { store: Pick<BackupStore, 'untilIdle'>; clocks: LonghornClocks; run: string };

/**
 * Takes something of a backup store away as soon as nobody works there; `what` is named when it has to be
 * left.
 */
export type WhenIdle = (
  what: string,
  take: () => Promise<void>,
  volumes?: readonly string[],
) => Promise<void>;

/**
 * Lets go of a store only when nothing works in it: Longhorn's command that removes a backup's blocks goes on
 * after that Backup is gone, and when it fails because its folder is taken away, managers of v1.8.0 to
 * v1.11.2 panic (longhorn#13245). All waits share one bound. What is worked on when the patience is over is
 * left, and that is an error, without another wait for what comes after it; where the store cannot be looked
 * into, it is taken, and that is reported as well.
 */
export const createWhenIdle = ({ store, clocks, run }: WorkedOn): WhenIdle => {
  const { seconds, atMost = seconds, owner } = storeQuiet(clocks);
  const lockLife = Math.ceil(clocks.lockLife / 1000);
  let left = atMost;
  return async (what, take, volumes = []) => {
    const start = performance.now();
    const patience = { seconds: Math.min(seconds, Math.ceil(left)), atMost: Math.ceil(left), owner };
    const problem = await store.untilIdle({ volumes, lockLife, ...patience }).then(
      () => undefined,
      (error: Error) => error,
    );
    left = problem instanceof StillAtWork ? 0 : Math.max(0, left - (performance.now() - start) / 1000);
    if (problem instanceof StillAtWork)
      throw new Error(
        `${what} is left: ${problem.message}; when that has ended, remove it with npx corral cleanup --run ${run}`,
      );
    await take();
    if (problem !== undefined)
      throw new Error(
        `nobody knows whether ${what} was still worked on when it was removed: ${problem.message}`,
      );
  };
};
