import type { Log } from '../log.ts';
import { isConflict, isNotFound } from './client.ts';
import { createQueue } from './queue.ts';

/** Longhorn's number of workers of each controller. */
const workers = 5;

/**
 * Runs a controller: reconcile is called with each name put in, one call a name at a time. What it throws is logged and tried again at a
 * growing distance; a conflict or a vanished object is nobody's fault and tried again without a warning.
 */
export const startController = (
  { name, reconcile }: { name: string; reconcile: (key: string) => Promise<void> },
  { log, signal }: { log: Log; signal: AbortSignal },
): ((key: string) => void) => {
  const queue = createQueue(
    workers,
    async (key) => {
      try {
        await reconcile(key);
        queue.forget(key);
      } catch (error) {
        if (signal.aborted) return;
        const expected = isConflict(error) || isNotFound(error);
        log[expected ? 'debug' : 'warning'](`Failed to sync ${name} ${key}`, { error });
        queue.addRateLimited(key);
      }
    },
    signal,
  );
  return queue.add;
};
