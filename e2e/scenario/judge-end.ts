import { explainError } from '../report/explain-error.ts';

/** Thrown by a step to leave the scenario: what it needs is not there. */
export class SkipScenario extends Error {
  override readonly name = 'SkipScenario';
}

type Outcome = { state: 'passed' | 'failed' | 'skipped' | 'not-provable'; reason: string | null };

const judgeBody = (error: unknown, { interrupted, doing }: { interrupted: boolean; doing: string | undefined }): Outcome => {
  if (error === undefined) return { state: 'passed', reason: null };
  if (interrupted) return { state: 'skipped', reason: `interrupted; it was at: ${doing ?? 'reaching the cluster'}` };
  if (error instanceof SkipScenario) return { state: 'skipped', reason: error.message };
  return { state: isNotProvable(error) ? 'not-provable' : 'failed', reason: explainError(error) };
};

// By shape: the class belongs to `observe`, and an error may come from a second copy of it.
const isNotProvable = (error: unknown): boolean =>
  error instanceof Error && (error as { verdict?: { state?: unknown } }).verdict?.state === 'not-provable';

/**
 * Judges how a scenario ended, by the error of its body and that of its clean-up.
 * A clean-up that failed makes it fail whatever it proved: the next scenario cannot trust what was left behind.
 */
export const judgeEnd = (
  { error, cleanUpError }: { error?: unknown; cleanUpError?: unknown },
  where: { interrupted: boolean; doing: string | undefined },
): Outcome => {
  const outcome = judgeBody(error, where);
  if (cleanUpError === undefined) return outcome;
  const reason = `the clean-up failed: ${explainError(cleanUpError)}`;
  return { state: 'failed', reason: outcome.reason === null ? reason : `${outcome.reason}\n\n${reason}` };
};
