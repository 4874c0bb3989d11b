import { debianMirror } from '../../lab/debian/apt.ts';
import type { RequirementResult } from '../../lab/fitness.ts';
import { type Check, missingCheck, okCheck, runCheck } from './check.ts';

/** Converts a result of the lab's fitness check to a check. */
export const toCheck = (fitness: RequirementResult): Check =>
  fitness.failure === undefined
    ? okCheck(fitness.need, fitness.found)
    : missingCheck(fitness.need, fitness.failure);

/**
 * Checks that apt knows a Debian archive, if `commands` show that apt exists. Only called if something must
 * still be downloaded.
 */
export const examineApt = async (commands: readonly RequirementResult[]): Promise<Check[]> => {
  const isThere = commands.some(({ need, failure }) => need === 'apt-get' && failure === undefined);
  return isThere ? [await runCheck("Debian's archive", debianMirror)] : [];
};
