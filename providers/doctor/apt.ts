import { debianMirror } from '../../lab/debian/apt.ts';
import type { Fitness } from '../../lab/fitness.ts';
import { type Check, examine, missing, ok } from './check.ts';

/** What the lab's own look at the machine found, as a check. */
export const toCheck = (fitness: Fitness): Check =>
  fitness.trouble === undefined ? ok(fitness.need, fitness.found) : missing(fitness.need, fitness.trouble);

/**
 * Asks apt for a Debian archive, where `commands` say that there is an apt: only where something is still to
 * be fetched from it.
 */
export const examineApt = async (commands: readonly Fitness[]): Promise<Check[]> => {
  const isThere = commands.some(({ need, trouble }) => need === 'apt-get' && trouble === undefined);
  return isThere ? [await examine("Debian's archive", debianMirror)] : [];
};
