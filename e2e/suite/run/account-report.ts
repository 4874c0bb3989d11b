import type { TimeSpent } from '../../kube/time-account.ts';
import type { Decisions, ReportAccount } from '../../report/schema.ts';

const tenths = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

/**
 * Converts an account for the report, in ms with one decimal. `since` is the account at the start; its times are
 * subtracted.
 */
export const toTimeSpent = (
  spent: TimeSpent,
  since: TimeSpent = { cluster: 0, locks: 0, suite: 0, others: 0 },
): ReportAccount => ({
  cluster: tenths(spent.cluster - since.cluster),
  locks: tenths(spent.locks - since.locks),
  suite: tenths(spent.suite - since.suite),
  others: tenths(spent.others - since.others),
});

/** Summarizes how long decisions took, in ms with two decimals. */
export const toDecisions = (delays: readonly number[]): Decisions => {
  const sorted = delays.map((delay) => Math.round(delay * 100) / 100).toSorted((one, other) => one - other);
  return {
    count: sorted.length,
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    max: sorted.at(-1) ?? 0,
  };
};
