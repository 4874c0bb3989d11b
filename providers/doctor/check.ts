import {
  describePrecondition,
  PreconditionError,
  type PreconditionFailure,
} from '../../e2e/machine/precondition-error.ts';

/** The result of one check. A run works in spite of a warning. */
export type Check = {
  /** The subject: `docker`. */
  title: string;
  state: 'ok' | 'warning' | 'missing';
  /** What was found, or the problem. */
  detail: string;
  /** The remedy. Null if none is needed or known. */
  mend: string | null;
};

/** A check that succeeded. */
export const okCheck = (title: string, detail: string): Check => ({ title, state: 'ok', detail, mend: null });

/** A problem in spite of which a run works. */
export const warningCheck = (title: string, detail: string, mend: string | null = null): Check => ({
  title,
  state: 'warning',
  detail,
  mend,
});

/** A problem that prevents a run. */
export const missingCheck = (
  title: string,
  failure: Pick<PreconditionFailure, 'what' | 'where' | 'remedy'>,
): Check => ({
  title,
  state: 'missing',
  detail: describePrecondition(failure),
  mend: failure.remedy ?? null,
});

/** Runs a check. `work` throws PreconditionError if something is missing, and returns what it found otherwise. */
export const runCheck = async (title: string, work: () => Promise<string>): Promise<Check> => {
  try {
    return okCheck(title, await work());
  } catch (error) {
    if (error instanceof PreconditionError) return missingCheck(title, error);
    throw error;
  }
};
