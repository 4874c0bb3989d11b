import { debianMirror } from '../../lab/debian/apt.ts';
import type { Fitness } from '../../lab/fitness.ts';
import { type Check, examine, missing, ok } from './check.ts';

/** Converts a result of the lab's fitness check to a check. */
export const toCheck = (fitness: Fitness): Check =>
  fitness.trouble === undefined ? ok(fitness.need, fitness.found) : missing(fitness.need, fitness.trouble);

/**
 * Checks that apt knows a Debian archive, if `commands` show that apt exists. Only called if something must
 * still be downloaded.
 */
export const examineApt = async (commands: readonly Fitness[]): Promise<Check[]> => {
  const isThere = commands.some(({ need, trouble }) => need === 'apt-get' && trouble === undefined);
  return isThere ? [await examine("Debian's archive", debianMirror)] : [];
};
