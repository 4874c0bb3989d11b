import { backupState } from '../../../longhorn/backup-state.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { ExpectationError } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { stateWhen } from '../deletion/expectations.ts';
import { PremiseLost } from '../premise-lost.ts';

type Pair = { error: unknown; second: { label: string; name: string }; first: { name: string; label: string } };

/**
 * Why a backup that nobody saw InProgress proves nothing: Longhorn asks for the progress of an upload from time to time (on its own clocks each 2 s),
 * so that one may end between two such looks; seen on v1.12.1 after a Pending, with 256 MiB. Undefined where the first backup was still Deleting
 * when it was Completed, so that it was uploaded when it must not be, and where something else went wrong.
 */
export const endedUnseen = (backups: Timeline<Backup>, { error, second, first }: Pair): PremiseLost | undefined => {
  if (!(error instanceof ExpectationError) || error.verdict.state !== 'broken') return undefined;
  const last = error.verdict.last as Backup | undefined;
  if (last === undefined || last.metadata.name !== second.name || backupState(last) !== 'Completed') return undefined;
  const inProgress = error.verdict.steps.find(({ label }) => label === 'InProgress');
  if (inProgress === undefined || inProgress.reached !== undefined) return undefined;
  const state = stateWhen(backups, { of: first.name, resourceVersion: last.metadata.resourceVersion ?? '' });
  if (state !== 'gone' && state !== 'Error') return undefined;
  return new PremiseLost(
    `${second.label} was Completed before Longhorn looked at its upload, so that nobody saw it InProgress: ${first.label} was ${state} by then\n${error.verdict.text}`,
  );
};
