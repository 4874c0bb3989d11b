import { NotFit } from '../../e2e/machine/not-fit.ts';

/** An error in one line, as what refuses a run is. */
export const errorInOneLine = (error: unknown): string =>
  (error as Error).message.replace(/\s*\n\s*/g, ' ').trim();

/**
 * Does work that a run cannot do without; where that fails, the run is refused with NotFit: what was tried,
 * and why it failed.
 */
export const orRefuse = async <T>(where: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotFit) throw error;
    throw new NotFit({ code: 'cluster-unreadable', where, what: errorInOneLine(error) });
  }
};
