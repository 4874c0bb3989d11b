import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '../../config/config.ts';
import { verdictsPath } from '../../report/verdicts.ts';
import { evidenceFolder } from '../evidence/evidence.ts';

/**
 * Removes the evidence and verdicts of an earlier run from the folder, so that they are not mistaken for this run's.
 */
export const clearEvidence = async ({ out, round }: Pick<RunConfig, 'out' | 'round'>): Promise<void> => {
  if (round !== 1) return;
  for (const path of [join(out, evidenceFolder), verdictsPath(out)])
    await rm(path, { recursive: true, force: true });
};
