import type { StepReport } from './deps.ts';

/** How a step ends that met a known bug: it did not fail, and did not do what its sentence says. */
type MetKnownBug = { knownBug: string };

/** What came of a step, in words. */
export type Detail = string | MetKnownBug | undefined;

/**
 * Does a piece of work under the sentence it stands for; `detail` says what came of it. Ends at once when the
 * scenario is stopped, whatever the work still waits for.
 */
export type Tell = <T>(
  sentence: string,
  work: () => Promise<T>,
  detail?: (result: T) => Detail,
) => Promise<T>;

/** Makes the `asStep` of a context. */
export const createTell =
  ({ report, signal }: { report: StepReport; signal: AbortSignal }): Tell =>
  async (sentence, work, detail) => {
    signal.throwIfAborted();
    const telling = report.step(sentence);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await Promise.race([work(), stopped]);
      const told = detail?.(result);
      if (typeof told === 'object') telling.knownBug(told.knownBug);
      else telling.done(told);
      return result;
    } catch (error) {
      telling.failed(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
