import { isInRange } from '../supported.ts';
import { deletionDifferences } from './asynchronous-deletion.ts';
import type { Difference } from './difference.ts';
import { lockDifferences } from './locks.ts';
import { recurringJobDifferences } from './recurring-jobs.ts';
import { userInterfaceDifferences } from './user-interface.ts';

const rows = { ...deletionDifferences, ...recurringJobDifferences, ...lockDifferences, ...userInterfaceDifferences };

/** The name of a difference. */
export type DifferenceId = keyof typeof rows;

/** Everything in which Longhorn is known to differ from the documents that the scenarios come from, by its name. */
export const differences: Readonly<Record<DifferenceId, Difference>> = rows;

/** A difference that was met, as the finding that a scenario reports; `met` says what was seen of it. */
export const toFinding = (id: DifferenceId, met: string): { title: string; detail: string; link?: string } => {
  const { title, document, product, link }: Difference = differences[id];
  return { title, detail: `${met} Documented: ${document}. Known: ${product}.`, ...(link !== undefined && { link }) };
};

/** Whether a difference holds for this version of Longhorn; of a version that is newer than all that are known, what holds for the newest of these. */
export const differsIn = (id: DifferenceId, version: string): boolean => isInRange(version, differences[id].versions);
