import type { Mutant } from '../../mutants.ts';
import { messages } from './messages.ts';

/** What this process remembers of a deletion it started; a new process remembers nothing. */
export type DeletionRecord = { state: 'Deleting' } | { state: 'Error'; message: string } | { state: 'Succeeded' };

export type DeletionStep =
  /** Nothing now; the informer's resync or any update of the Backup comes back to it. */
  { do: 'wait' } | { do: 'fail'; message: string } | { do: 'release' };

/**
 * What becomes of a Backup in state Deleting: inStore tells whether the store still has its config, finished or in progress. A success is
 * never looked at in the record: what counts is that the config has gone, be it before the command has ended.
 */
export const decideDeletion = ({
  inStore,
  record,
  url,
  mutant,
}: {
  inStore: boolean;
  record: DeletionRecord | undefined;
  url: string;
  mutant?: Mutant | undefined;
}): DeletionStep => {
  const leftBehind = mutant === 'cfg-left-behind' && record?.state === 'Succeeded';
  if (!inStore || leftBehind) return mutant === 'deletion-never-ends' ? { do: 'wait' } : { do: 'release' };
  if (!record) return { do: 'fail', message: messages.noDeletionInProgress };
  // The record's message is wrapped already: Longhorn does it twice.
  if (record.state === 'Error') return { do: 'fail', message: messages.failedToDelete(url, record.message) };
  return { do: 'wait' };
};

/** Whether the data in the store goes with the Backup; if not, the Backup goes at once and the data stay. */
export const removesRemoteData = ({
  customResourceOnly,
  targetAvailable,
  backupVolumeKnown,
}: {
  customResourceOnly: boolean;
  targetAvailable: boolean;
  backupVolumeKnown: boolean;
}): boolean => !customResourceOnly && targetAvailable && backupVolumeKnown;
