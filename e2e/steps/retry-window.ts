import type { LonghornClocks } from '../longhorn/clocks.ts';

// On a real v1.12.1 65 s were seen for a back-off of 60 s and a look every 30 s. The start of an attempt is known by the state that it sets,
// some seconds later when a controller is busy.
const early = 55 / 60;
const late = 10_000;

/** How long it may take, in milliseconds, from the first attempt to delete a backup to the second: 55 to 100 s on Longhorn's own clocks. */
export const retryWindow = ({ deletionBackoff, resync }: LonghornClocks): { least: number; most: number } => ({
  least: deletionBackoff * early,
  most: deletionBackoff + resync + late,
});
