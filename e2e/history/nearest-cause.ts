import { orAborted } from '../kube/or-aborted.ts';
import { shorten } from '../kube/text.ts';
import { ExpectationError, type NearestCause } from './verdict.ts';

// In ms. Long enough for a few requests to a busy server. It delays the report of the failure.
const within = 15_000;
const longest = { line: 400, detail: 600, details: 60 };

/**
 * Runs work. If a wait in it fails, the ExpectationError gets the nearest cause that `look` finds. If `look` fails,
 * the original error is thrown all the same.
 */
export const namingCause = async <T>(
  work: () => Promise<T>,
  look: (signal: AbortSignal) => Promise<NearestCause | undefined>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (
      !(error instanceof ExpectationError) ||
      !['broken', 'timed-out'].includes(error.verdict.state) ||
      // The innermost cause is the nearest.
      error.verdict.cause !== undefined
    )
      throw error;
    throw new ExpectationError({ ...error.verdict, cause: bounded(await found(look)) });
  }
};

const found = async (
  look: (signal: AbortSignal) => Promise<NearestCause | undefined>,
): Promise<NearestCause | undefined> => {
  const signal = AbortSignal.timeout(within);
  try {
    return await orAborted(look(signal), signal);
  } catch (error) {
    const why = signal.aborted
      ? `the cluster did not say it within ${within / 1000} s`
      : (error as Error).message;
    return { line: `could not be looked for: ${why}`, details: [] };
  }
};

const bounded = (cause: NearestCause | undefined): NearestCause | undefined => {
  if (cause === undefined) return undefined;
  const shown = cause.details.slice(0, longest.details).map((each) => shorten(each, longest.detail));
  const more = cause.details.length - shown.length;
  return {
    line: shorten(cause.line, longest.line),
    details: [...shown, ...(more > 0 ? [`... ${more} more lines`] : [])],
  };
};
