import { isInRange } from '../supported.ts';
import { storeBugs } from './backup-store.ts';
import type { Bug } from './bug.ts';
import { managerBugs } from './managers.ts';

const rows = { ...storeBugs, ...managerBugs };

/** The name of a bug. */
export type BugId = keyof typeof rows;

/** The ledger: every bug of Longhorn that the suite knows, by its name. */
export const bugs: Readonly<Record<BugId, Bug>> = rows;

/** The names of all bugs, in the ledger's order. */
export const bugIds = Object.keys(bugs) as BugId[];

/**
 * Whether the ledger says that this version of Longhorn has a bug; of a version that is newer than all that
 * are known, what holds for the newest of these.
 */
export const hasBug = (id: BugId, version: string): boolean => isInRange(version, bugs[id].versions);
