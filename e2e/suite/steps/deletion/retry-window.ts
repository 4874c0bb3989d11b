import type { LonghornClocks } from '../../../longhorn/clocks.ts';
import { formatDuration } from '../../../kube/duration.ts';
import type { Verdict } from '../../../history/expectation.ts';
import { reached } from '../reached.ts';

// On a real v1.12.1 65 s were seen for a back-off of 60 s and a look every 30 s. The start of an attempt is known by the state that it sets,
// some seconds later when a controller is busy.
const early = 55 / 60;
const late = 10_000;

type Window = { least: number; most: number };

/** How long it may take, in milliseconds, from the first attempt to delete a backup to the second: 55 to 100 s on Longhorn's own clocks. */
export const retryWindow = ({ deletionBackoff, resync }: LonghornClocks): Window => ({
  least: deletionBackoff * early,
  most: deletionBackoff + resync + late,
});

/** Tells a window as steps name it: "55 s to 1 min 40 s". */
export const tellWindow = ({ least, most }: Window): string => `${formatDuration(least)} to ${formatDuration(most)}`;

/** Tells how long after the first attempt, in milliseconds, the second came. */
export const tellGap = (gap: number): string => `tried again after ${formatDuration(gap)}`;

/**
 * The time from the first attempt to delete a backup to the second, in milliseconds, of a verdict whose first and third states they set; throws where it
 * is not within the window.
 */
export const judgeGap = (verdict: Verdict, { label, window }: { label: string; window: Window }): number => {
  const gap = reached(verdict, 2).at - reached(verdict, 0).at;
  if (gap < window.least || gap > window.most) throw new Error(`the deletion of ${label} was ${tellGap(gap)}\n${verdict.text}`);
  return gap;
};
