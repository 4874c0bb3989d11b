import type { Timeline } from '../../../history/timeline.ts';

// When a watch is stopped its connection is cut as well, some milliseconds before: that is no loss.
const noLoss = 1000;

const cutOffOf = ({ cutOff }: Timeline): number | undefined => (cutOff === undefined || Date.now() - cutOff < noLoss ? undefined : cutOff);

/** Watches a watch: what it returns says since when nothing of it could arrive (ms since the epoch), to its stop or to now; undefined where all could. */
export const openBlindness = (timeline: Timeline): (() => number | undefined) => {
  let stopped: { since: number | undefined } | undefined;
  timeline.onFailure(() => {
    stopped = { since: cutOffOf(timeline) };
  });
  return () => (stopped === undefined ? cutOffOf(timeline) : stopped.since);
};
