import type { Condition } from '../kubernetes/objects.ts';

/** A time as Go prints it where nobody chose a format: 2026-11-20 08:23:54 +0000 UTC. */
export const goTime = (timestamp: string | undefined): string =>
  timestamp ? `${timestamp.slice(0, 10)} ${timestamp.slice(11, 19)} +0000 UTC` : '0001-01-01 00:00:00 +0000 UTC';

/** Conditions by their type: the API kept the form that custom resources had before they got lists. */
export const byType = (conditions: Condition[] | null | undefined): Record<string, Condition> =>
  Object.fromEntries((conditions ?? []).map((condition) => [condition.type, condition]));
