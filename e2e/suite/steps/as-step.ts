import { orAborted } from '../../kube/or-aborted.ts';
import type { StepReport } from './deps.ts';

/** The result of a step that met a known bug: it has not failed, but its sentence is not true. */
type MetKnownBug = { knownBug: string };

/** The result of a step, in words. */
export type Detail = string | MetKnownBug | undefined;

/**
 * Runs work as a step with this sentence; `detail` describes its result. Rejects at once when the scenario is
 * stopped, even if the work still waits.
 */
export type AsStep = <T>(
  sentence: string,
  work: () => Promise<T>,
  detail?: (result: T) => Detail,
) => Promise<T>;

export const createAsStep =
  ({ report, signal }: { report: StepReport; signal: AbortSignal }): AsStep =>
  async (sentence, work, detail) => {
    signal.throwIfAborted();
    const reported = report.step(sentence);
    try {
      const result = await orAborted(work(), signal);
      const outcome = detail?.(result);
      if (typeof outcome === 'object') reported.knownBug(outcome.knownBug);
      else reported.done(outcome);
      return result;
    } catch (error) {
      reported.failed(error);
      throw error;
    }
  };
