import { formatDuration } from '../../../kube/duration.ts';
import type { Delay } from '../../../ui/judge-shown.ts';

/** Tells how long after its custom resource a page showed each look, at most: `Deleting after 0.4 s, a bar after 1.1 s`. */
export const tellDelays = (delays: readonly Delay[]): string => {
  const longest = new Map<string, number>();
  for (const { look, delay } of delays) {
    // What a bar says is not told apart.
    const name = look.replace(/^\d+ %/, 'a bar');
    longest.set(name, Math.max(delay, longest.get(name) ?? 0));
  }
  const told = [...longest].map(([look, delay]) => `${look} after ${formatDuration(delay)}`);
  return told.length === 0 ? 'nothing changed' : told.join(', ');
};
