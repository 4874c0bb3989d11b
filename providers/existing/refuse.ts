import { PreconditionError } from '../../e2e/machine/precondition-error.ts';

/** Converts an error to one line. */
export const errorInOneLine = (error: unknown): string =>
  (error as Error).message.replace(/\s*\n\s*/g, ' ').trim();

/** Runs work that is required for a run. If it fails, throws PreconditionError with what was tried and why it failed. */
export const orThrowPreconditionError = async <T>(where: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PreconditionError) throw error;
    throw new PreconditionError({ code: 'cluster-unreadable', where, what: errorInOneLine(error) });
  }
};
