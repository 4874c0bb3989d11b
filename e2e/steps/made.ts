/** What a scenario has made in the cluster; names are entered before the request that makes them. */
export type Made = { volumes: string[]; snapshots: string[]; backups: string[] };

/** Nothing made yet. */
export const nothingMade = (): Made => ({ volumes: [], snapshots: [], backups: [] });

/** The label on everything that a run makes. */
export const runLabel = (run: string): Record<string, string> => ({ 'corral.test/run': run });
