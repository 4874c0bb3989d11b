import { randomBytes } from 'node:crypto';

/**
 * Makes the name of one thing of a run's: 32 random bits, as a run makes some fifty snapshots, and of 16 bits one run in fifty gave two of them the
 * same name. A volume's stays below the 40 characters that Longhorn allows.
 */
export const uniqueName = (run: string, what: string): string => `corral-${run}-${what}-${randomBytes(4).toString('hex')}`;
