import { formatDuration } from '../kube/duration.ts';
import type { ScenarioEvent } from './record.ts';
import type { Awaited } from './under-way.ts';

/**
 * Says, for those who want to know all, what is no step: that one begins, each state that something awaited goes through, each fault with its proof,
 * each finding. `awaited` is what the event is about, if it is about that, as it was told before it.
 */
export const describeEvent = (event: ScenarioEvent, awaited: Awaited | undefined): string | undefined => {
  if (event.kind === 'step-begins') return `begins: ${event.sentence}`;
  if (event.kind === 'awaited') return `${event.state.replace('-', ' ')}: ${awaited?.what ?? 'what was awaited'}`;
  if (event.kind === 'fault') return `fault ${event.name}, ${event.phase}: ${event.detail}`;
  if (event.kind === 'finding') return `finding: ${event.finding.title}`;
  if (event.kind !== 'awaits') return undefined;
  const seen = event.now === null ? 'not seen yet' : `now ${event.now}`;
  const time = awaited === undefined ? `; at most ${formatDuration(event.limit)} (${event.owner})` : '';
  return `awaited: ${event.what}; ${seen}${time}`;
};
