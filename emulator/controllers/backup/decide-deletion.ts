import type { BackupState, BackupStatus } from '../../longhorn/objects.ts';
import type { Mutant } from '../../mutants.ts';
import { messageKeys, messages } from './messages.ts';

/** What this process remembers of a deletion it started; a new process remembers nothing. */
export type DeletionRecord =
  | { state: 'Deleting'; pid?: number | undefined }
  | { state: 'Error'; message: string }
  | { state: 'Succeeded' };

export type DeletionStep =
  /** Nothing now; the informer's resync or any update of the Backup comes back to it. */
  | { do: 'wait' }
  | { do: 'fail'; message: string }
  | { do: 'release' }
  /** The command once more, without a word: only with a bug. */
  | { do: 'again' };

/** Whether a Backup that is to go can go at all, its volume being known or not: it always can. */
export const canGo = (volumeKnown: boolean, mutant: Mutant | undefined): boolean =>
  volumeKnown || mutant !== 'finalizer-stays-without-volume';

/**
 * Whether the command is to be started for a Backup that is to go and is not Deleting; not while it is in
 * back-off.
 */
export const mayStart = ({
  state,
  waiting,
  mutant,
}: {
  state: BackupState;
  waiting: boolean;
  mutant: Mutant | undefined;
}): boolean => {
  if (mutant === 'never-retried' && state === 'Error') return false;
  return !waiting || mutant === 'retried-without-backoff';
};

/** What a failed deletion leaves in a Backup's status; it never sets status.error. */
export const failureStatus = (
  message: string,
  before: BackupStatus,
  mutant: Mutant | undefined,
): Partial<BackupStatus> => {
  if (mutant === 'error-in-wrong-field') return { state: 'Error', error: message };
  return { state: 'Error', messages: { ...before.messages, [messageKeys.error]: message } };
};

const forgotten = (mutant: Mutant | undefined): DeletionStep => {
  if (mutant === 'crash-not-noticed') return { do: 'wait' };
  return mutant === 'no-record-message-missing'
    ? { do: 'again' }
    : { do: 'fail', message: messages.noDeletionInProgress };
};

/**
 * What becomes of a Backup in state Deleting: inStore says whether the store still has its config, finished
 * or in progress. A success is never looked at in the record: what counts is that the config has gone; be it
 * before the command has ended, if goesWithConfig.
 */
export const decideDeletion = ({
  inStore,
  record,
  url,
  goesWithConfig,
  mutant,
}: {
  inStore: boolean;
  record: DeletionRecord | undefined;
  url: string;
  goesWithConfig: boolean;
  mutant?: Mutant | undefined;
}): DeletionStep => {
  const leftBehind = mutant === 'cfg-left-behind' && record?.state === 'Succeeded';
  if (!inStore && !goesWithConfig && record?.state === 'Deleting') return { do: 'wait' };
  if (mutant === 'finalizer-forgotten' && !inStore && !record) return { do: 'wait' };
  if (!inStore || leftBehind) return mutant === 'deletion-never-ends' ? { do: 'wait' } : { do: 'release' };
  if (!record) return forgotten(mutant);
  // The record's message is wrapped already: Longhorn does it twice.
  if (record.state === 'Error') {
    return {
      do: 'fail',
      message: messages.failedToDelete(url, mutant === 'error-text-lost' ? 'exit status 1' : record.message),
    };
  }
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
