import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Node's compiled modules and Vite's transformed ones, kept for all processes that the self tests of one run
 * start: half of what a spawned command takes is reading its modules. They go with the run, as every inline
 * suite has files of its own.
 */
export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'corral-caches-'));
  process.env.NODE_COMPILE_CACHE = join(folder, 'node');
  process.env.CORRAL_TEST_MODULES = join(folder, 'vite');
  return () => rmSync(folder, { recursive: true, force: true });
};

/** What a spawned process that does not inherit its environment needs to use them. */
export const cacheVariables = (): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
};
