import { NotFit } from '../../e2e/machine/not-fit.ts';

/** Converts an error to one line. */
export const errorInOneLine = (error: unknown): string =>
  (error as Error).message.replace(/\s*\n\s*/g, ' ').trim();

/** Runs work that is required for a run. If it fails, throws NotFit with what was tried and why it failed. */
export const orThrowNotFit = async <T>(where: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotFit) throw error;
    throw new NotFit({ code: 'cluster-unreadable', where, what: errorInOneLine(error) });
  }
};
