import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findRunConfig } from '../../config/config.ts';
import { verdictsPath } from '../../report/verdicts.ts';
import { evidenceFolder } from '../evidence/evidence.ts';

/**
 * Removes the evidence and the verdicts of an earlier run in the same folder, so that they are never taken for this one's. Vitest
 * calls it once, before any scenario.
 */
export default async (_: TestProject): Promise<void> => {
  const config = findRunConfig(process.env);
  if (config?.round !== 1) return;
  for (const path of [join(config.out, evidenceFolder), verdictsPath(config.out)])
    await rm(path, { recursive: true, force: true });
};
