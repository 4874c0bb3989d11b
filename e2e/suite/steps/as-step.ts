import type { StepReport } from './deps.ts';

/** How a step ends that met a known bug: it did not fail, and did not do what its sentence says. */
type MetKnownBug = { knownBug: string };

/** What came of a step, in words. */
export type Detail = string | MetKnownBug | undefined;

/**
 * Does a piece of work under the sentence it stands for; `detail` says what came of it. Ends at once when the
 * scenario is stopped, whatever the work still waits for.
 */
export type AsStep = <T>(
  sentence: string,
  work: () => Promise<T>,
  detail?: (result: T) => Detail,
) => Promise<T>;

/** Makes the `asStep` of a context. */
export const createAsStep =
  ({ report, signal }: { report: StepReport; signal: AbortSignal }): AsStep =>
  async (sentence, work, detail) => {
    signal.throwIfAborted();
    const reported = report.step(sentence);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await Promise.race([work(), stopped]);
      const outcome = detail?.(result);
      if (typeof outcome === 'object') reported.knownBug(outcome.knownBug);
      else reported.done(outcome);
      return result;
    } catch (error) {
      reported.failed(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
