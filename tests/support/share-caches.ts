import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps Node's compiled modules and Vite's transformed ones for all processes of a run of the self tests. Reading its
 * modules is half the time of a spawned command. They are removed after the run, because every inline suite adds files.
 */
export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'corral-caches-'));
  process.env.NODE_COMPILE_CACHE = join(folder, 'node');
  process.env.CORRAL_TEST_MODULES = join(folder, 'vite');
  return () => rmSync(folder, { recursive: true, force: true });
};

/** The variables with which a spawned process uses these caches. */
export const cacheVariables = (): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
};
