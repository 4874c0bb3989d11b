import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { evidenceFolder } from '../evidence/evidence.ts';

/** Removes the evidence of an earlier run in the same folder, so that it is never taken for this one's. Vitest calls it once, before any scenario. */
export default async (_: TestProject): Promise<void> => {
  const { CORRAL_OUT: out = '.corral/last', CORRAL_ROUND: round = '1' } = process.env;
  if (round === '1') await rm(join(out, evidenceFolder), { recursive: true, force: true });
};
