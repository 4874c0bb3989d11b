import type { Backup } from '../../../longhorn/types.ts';
import { ExpectationError } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { stateWhen } from '../deletion/expectations.ts';
import { PremiseLost } from '../premise-lost.ts';

type Pair = { error: unknown; second: { label: string }; first: { name: string; label: string } };

/**
 * Why a backup that was not held back proves nothing: when it went on, the deletion that it was to wait for was no longer under way, and nobody knows
 * whether Longhorn looked at it before. Undefined where the deletion was, or where something else went wrong.
 */
export const lookedTooLate = (backups: Timeline<Backup>, { error, second, first }: Pair): PremiseLost | undefined => {
  if (!(error instanceof ExpectationError) || error.verdict.state !== 'broken') return undefined;
  const { last } = error.verdict;
  if (last === undefined) return undefined;
  const state = stateWhen(backups, { of: first.name, resourceVersion: last.metadata.resourceVersion ?? '' });
  if (state !== 'gone' && state !== 'Error') return undefined;
  return new PremiseLost(
    `${first.label} was ${state} when ${second.label} was first seen to go on: Longhorn may have come to look at it only then\n${error.verdict.text}`,
  );
};
