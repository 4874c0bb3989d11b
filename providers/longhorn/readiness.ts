import { formatDuration } from '../../e2e/kube/duration.ts';
import type { ReadinessCondition } from './conditions.ts';
import type { InstallationWatches } from './watches.ts';

/** The state of the conditions: one line each, and the conditions that are still open. */
type Readiness = { met: boolean; text: string; waitsFor: string };

/** Records when each condition became true. The time restarts if it becomes false. */
const trackConditions = (conditions: readonly ReadinessCondition[], start: number) => {
  const since = new Map<string, number>();
  return (watches: InstallationWatches): Readiness => {
    const open: string[] = [];
    const lines = conditions.map(({ title, findMissing, notApplicable }) => {
      const missing = findMissing?.(watches);
      if (missing === undefined) return `- ${title}: ${notApplicable}`;
      if (missing.length > 0) {
        since.delete(title);
        open.push(`${title} (${missing.join(', ')})`);
        return `✗ ${title}: ${missing.join(', ')}`;
      }
      if (!since.has(title)) since.set(title, performance.now() - start);
      return `✓ ${title}, after ${formatDuration(since.get(title) ?? 0)}`;
    });
    return { met: open.length === 0, text: lines.join('\n'), waitsFor: open.join('; ') };
  };
};

/** Longhorn did not become ready in time, or cannot. The message has each condition, and what is stuck. */
class NotReady extends Error {
  override readonly name = 'NotReady';
  /**
   * Makes the report omit the stack: the message is written for the reader, and the place in the suite does not help.
   */
  readonly verdict = 'timed-out';
}

/**
 * Waits with a watch until all conditions hold at the same time. Returns one line about each. Throws NotReady
 * after `timeout` ms or if something is `fatal`, with the text of `explain`.
 */
export const untilLonghornReady = async (
  watches: InstallationWatches,
  options: {
    conditions: readonly ReadinessCondition[];
    start: number;
    timeout: number;
    signal: AbortSignal;
    onProgress: (text: string) => void;
    /** Returns a problem that does not pass by itself, undefined if there is none. */
    fatal: (watches: InstallationWatches) => string | undefined;
    explain: () => Promise<string>;
  },
): Promise<string> => {
  const { conditions, start, timeout, signal, onProgress, fatal, explain } = options;
  const readConditions = trackConditions(conditions, start);
  // Resolves with the reason for a failure, or with undefined for a success.
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  let last = readConditions(watches);
  const check = (): void => {
    last = readConditions(watches);
    const never = fatal(watches);
    if (never !== undefined) resolve(`Longhorn cannot get ready: ${never}`);
    else if (last.met) resolve(undefined);
    else onProgress(`waiting until ${last.waitsFor}`);
  };
  watches.onChange(check);
  const late = (): void =>
    resolve(`Longhorn was not ready within ${formatDuration(timeout)} (the set-up's time-out for all of it)`);
  const timer = setTimeout(late, timeout - (performance.now() - start));
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  check();
  const why = await promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
  const { text } = last;
  if (why === undefined) return text;
  throw new NotReady(`${why}:\n${indented(text)}\n${await explain()}`.trimEnd());
};

const indented = (text: string): string => text.replace(/^/gm, '  ');
