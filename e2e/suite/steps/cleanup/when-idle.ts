import { StillAtWork } from '../../../backupstore/at-work.ts';
import type { BackupStore } from '../../../backupstore/store.ts';
import type { LonghornClocks } from '../../../longhorn/clocks.ts';
import { storeQuiet } from '../limits.ts';

type Ground = { store: Pick<BackupStore, 'untilIdle'>; clocks: LonghornClocks; run: string };

/** Takes something of a backup store away as soon as nobody works there; `what` is named when it has to be left. */
export type WhenIdle = (what: string, take: () => Promise<void>, volumes?: readonly string[]) => Promise<void>;

/**
 * Lets go of a store only when nothing works in it: Longhorn's command that removes a backup's blocks goes on after that Backup is gone, and when it
 * fails because its folder is taken away, managers of v1.8.0 to v1.11.2 panic (longhorn#13245). All waits share one time, which bounds a clean-up.
 * After it, what is worked on is left, and that is an error; where the store cannot be looked into, it is taken, and that is told as well.
 */
export const createWhenIdle = ({ store, clocks, run }: Ground): WhenIdle => {
  const { seconds, owner } = storeQuiet(clocks);
  const lockLife = Math.ceil(clocks.lockLife / 1000);
  let left = seconds;
  return async (what, take, volumes = []) => {
    const start = performance.now();
    const problem = await store.untilIdle({ volumes, lockLife, seconds: Math.ceil(left), owner }).then(
      () => undefined,
      (error: Error) => error,
    );
    left = Math.max(0, left - (performance.now() - start) / 1000);
    if (problem instanceof StillAtWork)
      throw new Error(`${what} is left: ${problem.message}; when that has ended, remove it with npm run cleanup -- --run ${run}`);
    await take();
    if (problem !== undefined) throw new Error(`nobody knows whether ${what} was still worked on when it was removed: ${problem.message}`);
  };
};
