import { formatDuration } from '../../e2e/kube/duration.ts';
import type { ReadinessCondition } from './conditions.ts';
import type { World } from './watches.ts';

/** When each condition was met, in ms since the start; the text tells them all. */
export type Readiness = { met: boolean; text: string; waitsFor: string };

/** Keeps when each condition came to hold; one that fell back counts anew. */
const trackConditions = (conditions: readonly ReadinessCondition[], start: number) => {
  const since = new Map<string, number>();
  return (world: World): Readiness => {
    const looks = conditions.map(({ title, look, without }) => ({ title, look: look?.(world), without }));
    for (const { title, look } of looks) {
      if (look?.met !== true) since.delete(title);
      else if (!since.has(title)) since.set(title, performance.now() - start);
    }
    const open = looks.filter(({ look }) => look?.met === false);
    const lines = looks.map(({ title, look, without }) => {
      if (look === undefined) return `- ${title}: ${without}`;
      return look.met
        ? `✓ ${title}, after ${formatDuration(since.get(title) ?? 0)}: ${look.state}`
        : `✗ ${title}: ${look.state}`;
    });
    return {
      met: open.length === 0,
      text: lines.join('\n'),
      waitsFor: open.map(({ title, look }) => `${title} (${look?.state})`).join('; '),
    };
  };
};

/** Longhorn did not come up, or not in its time; the message tells of each condition, and what is stuck. */
class NotReady extends Error {
  override readonly name = 'NotReady';
  /** Composed for the reader: where in the suite it was thrown says nothing more. */
  readonly verdict = 'timed-out';
}

/**
 * Waits by watch until all conditions hold at the same time and returns what there is to say of each, a line
 * each. Throws NotReady when the time (ms) is over or something is `hopeless`, with what `explain` finds out
 * then.
 */
export const untilLonghornReady = async (
  world: World,
  options: {
    conditions: readonly ReadinessCondition[];
    start: number;
    timeout: number;
    signal: AbortSignal;
    onProgress: (text: string) => void;
    /** What waiting does not mend, if there is anything. */
    hopeless: (world: World) => string | undefined;
    explain: () => Promise<string>;
  },
): Promise<string> => {
  const { conditions, start, timeout, signal, onProgress, hopeless, explain } = options;
  const look = trackConditions(conditions, start);
  // With why it is not ready, or without.
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  let last = look(world);
  const check = (): void => {
    last = look(world);
    const never = hopeless(world);
    if (never !== undefined) resolve(`Longhorn cannot get ready: ${never}`);
    else if (last.met) resolve(undefined);
    else onProgress(`waiting until ${last.waitsFor}`);
  };
  world.onChange(check);
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
