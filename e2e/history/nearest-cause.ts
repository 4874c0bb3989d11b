import { shorten } from '../kube/shorten.ts';
import { ExpectationError } from './verdict.ts';

/** Why something may not have come: one line first, then what there is to know besides. */
export type Cause = { line: string; details: readonly string[] };

// Long enough for a few requests to a busy server; who waits for the failure waits for this too.
const within = 15_000;
const longest = { line: 400, detail: 600, details: 60 };

/**
 * Does work; where what it waits for does not come, or cannot come any more, the error names the nearest
 * cause as `look` finds it. Whatever becomes of that, the error itself is thrown, by its own verdict.
 */
export const namingCause = async <T>(
  work: () => Promise<T>,
  look: (signal: AbortSignal) => Promise<Cause | undefined>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (
      !(error instanceof ExpectationError) ||
      !['broken', 'timed-out'].includes(error.verdict.state) ||
      hasCause(error)
    )
      throw error;
    throw withCause(error, await found(look));
  }
};

const opening = 'Nearest cause:';

const hasCause = ({ verdict: { text } }: ExpectationError): boolean => text.includes(`\n${opening}\n`);

const found = async (
  look: (signal: AbortSignal) => Promise<Cause | undefined>,
): Promise<Cause | undefined> => {
  const signal = AbortSignal.timeout(within);
  const { promise: late, reject } = Promise.withResolvers<never>();
  signal.addEventListener(
    'abort',
    () => reject(new Error(`the cluster did not tell it within ${within / 1000} s`)),
    { once: true },
  );
  try {
    return await Promise.race([look(signal), late]);
  } catch (error) {
    return { line: `could not be looked for: ${(error as Error).message}`, details: [] };
  }
};

const withCause = ({ verdict }: ExpectationError, cause: Cause | undefined): ExpectationError => {
  if (cause === undefined) return new ExpectationError(verdict);
  const line = shorten(cause.line, longest.line);
  const shown = cause.details.slice(0, longest.details).map((each) => shorten(each, longest.detail));
  const more = cause.details.length - shown.length;
  const reason = `${verdict.reason}; nearest cause: ${line}`;
  const told = [line, ...shown, ...(more > 0 ? [`... ${more} more lines`] : [])].map((each) => `  ${each}`);
  return new ExpectationError({
    ...verdict,
    reason,
    text: [reason, '', opening, ...told].join('\n') + verdict.text.slice(verdict.reason.length),
  });
};
