import { isInRange } from '../supported.ts';
import { storeBugs } from './backup-store.ts';
import type { Bug, BugRow } from './bug.ts';
import { csiBugs } from './csi.ts';
import { managerBugs } from './managers.ts';

const rows = { ...storeBugs, ...managerBugs, ...csiBugs };
const common = { versions: '>=1.8.0', upstream: 'not reported yet' } as const;

export type BugId = keyof typeof rows;

/** The ledger: every bug of Longhorn that the suite knows, by its name. */
export const bugs = Object.fromEntries(
  Object.entries<BugRow>(rows).map(([id, row]) => [id, { ...common, ...row }]),
) as Readonly<Record<BugId, Bug>>;

/** The names of all bugs, in the order of the ledger. */
export const bugIds = Object.keys(bugs) as BugId[];

/**
 * Whether a version of Longhorn has a bug according to the ledger. A version newer than all known versions counts as
 * the newest known one.
 */
export const hasBug = (id: BugId, version: string): boolean => isInRange(version, bugs[id].versions);
