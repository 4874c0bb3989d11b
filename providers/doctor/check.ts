import { describeTrouble, NotFit, type PreconditionFailure } from '../../e2e/machine/not-fit.ts';

/** One thing that was looked at. A warning is something that a run goes on without. */
export type Check = {
  /** What it is: `docker`. */
  title: string;
  state: 'ok' | 'warning' | 'missing';
  /** What was found, or what is wrong. */
  detail: string;
  /** What mends it; null where there is nothing to mend, or nobody can. */
  mend: string | null;
};

/** It is as it should be. */
export const ok = (title: string, detail: string): Check => ({ title, state: 'ok', detail, mend: null });

/** It is not as it should be, and a run goes on without. */
export const warning = (title: string, detail: string, mend: string | null = null): Check => ({
  title,
  state: 'warning',
  detail,
  mend,
});

/** A run cannot do without. */
export const missing = (
  title: string,
  trouble: Pick<PreconditionFailure, 'what' | 'where' | 'remedy'>,
): Check => ({
  title,
  state: 'missing',
  detail: describeTrouble(trouble),
  mend: trouble.remedy ?? null,
});

/** Looks at something by work that throws NotFit where it is missing, and else says what it found. */
export const examine = async (title: string, work: () => Promise<string>): Promise<Check> => {
  try {
    return ok(title, await work());
  } catch (error) {
    if (error instanceof NotFit) return missing(title, error);
    throw error;
  }
};
