import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findRunConfig } from '../../config/config.ts';
import { evidenceFolder } from '../evidence/evidence.ts';

/**
 * Removes the evidence of an earlier run in the same folder, so that it is never taken for this one's. Vitest
 * calls it once, before any scenario.
 */
export default async (_: TestProject): Promise<void> => {
  const config = findRunConfig(process.env);
  if (config?.round === 1) await rm(join(config.out, evidenceFolder), { recursive: true, force: true });
};
