import type { BackupState, BackupStatus } from '../../longhorn/objects.ts';
import type { Mutant } from '../../mutants.ts';
import { messageKeys, messages } from './messages.ts';

/** This process's record of a deletion that it started. A new process has none. */
export type DeletionRecord =
  | { state: 'Deleting'; since: number; pid?: number | undefined }
  | { state: 'Error'; message: string }
  | { state: 'Succeeded' };

export type DeletionStep =
  /** Do nothing. The next resync, or any update of the Backup, triggers the next step. */
  | { do: 'wait' }
  | { do: 'fail'; message: string }
  | { do: 'release' }
  /** Start the command again without an error in the status. Only with a mutant. */
  | { do: 'again' };

/** Whether a deleted Backup may go. Always true without a mutant, even if the volume is unknown. */
export const canFinishDeletion = (volumeKnown: boolean, mutant: Mutant | undefined): boolean =>
  volumeKnown || mutant !== 'finalizer-stays-without-volume';

/** Whether to start the command for a deleted Backup that is not Deleting. False during its back-off. */
export const mayStartDeletion = ({
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

/** The status of a Backup after a failed deletion. status.error is never set. */
export const failureStatus = (
  message: string,
  before: BackupStatus,
  mutant: Mutant | undefined,
): Partial<BackupStatus> => {
  if (mutant === 'error-in-wrong-field') return { state: 'Error', error: message };
  return { state: 'Error', messages: { ...before.messages, [messageKeys.error]: message } };
};

const withoutRecord = (mutant: Mutant | undefined): DeletionStep => {
  if (mutant === 'crash-not-noticed') return { do: 'wait' };
  return mutant === 'no-record-message-missing'
    ? { do: 'again' }
    : { do: 'fail', message: messages.noDeletionInProgress };
};

/**
 * Decides the next step for a Backup in state Deleting. `inStore`: the store has its config, finished or in
 * progress. Success is never read from the record: the Backup goes when its config is gone. With
 * releaseAfterConfig this may be before the command has ended.
 */
export const decideDeletion = ({
  inStore,
  record,
  url,
  releaseAfterConfig,
  mutant,
}: {
  inStore: boolean;
  record: DeletionRecord | undefined;
  url: string;
  releaseAfterConfig: boolean;
  mutant?: Mutant | undefined;
}): DeletionStep => {
  const leftBehind = mutant === 'cfg-left-behind' && record?.state === 'Succeeded';
  if (!inStore && !releaseAfterConfig && record?.state === 'Deleting') return { do: 'wait' };
  if (mutant === 'finalizer-forgotten' && !inStore && !record) return { do: 'wait' };
  if (!inStore || leftBehind) return mutant === 'deletion-never-ends' ? { do: 'wait' } : { do: 'release' };
  if (!record) return withoutRecord(mutant);
  // The record's message is already wrapped. Longhorn wraps it twice.
  if (record.state === 'Error') {
    return {
      do: 'fail',
      message: messages.failedToDelete(url, mutant === 'error-text-lost' ? 'exit status 1' : record.message),
    };
  }
  return { do: 'wait' };
};

/** Whether to delete the data in the store too. If not, the Backup goes at once and the data stay. */
export const removesRemoteData = ({
  customResourceOnly,
  targetAvailable,
  backupVolumeKnown,
}: {
  customResourceOnly: boolean;
  targetAvailable: boolean;
  backupVolumeKnown: boolean;
}): boolean => !customResourceOnly && targetAvailable && backupVolumeKnown;
