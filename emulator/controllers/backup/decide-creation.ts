import type { BackupState } from '../../longhorn/objects.ts';
import type { Mutant } from '../../mutants.ts';
import { messages } from './messages.ts';

/** What decides whether a backup may start. */
export type CreationConditions = {
  ticketSatisfied: boolean;
  volumeAttached: boolean;
  volume: string;
  /** Undefined if the snapshot does not exist. */
  snapshot: { ready: boolean } | undefined;
  snapshotName: string;
  /** The other Backups of the same target and volume. */
  others: { name: string; state: BackupState }[];
};

export type CreationStep =
  | { do: 'start' }
  /** The Backup does not become Pending. The reconcile fails and is repeated soon. */
  | { do: 'retry'; reason: string }
  /**
   * The Backup becomes Pending, and the next resync tries again. With `giveUp`, attempts are limited: after
   * the last one, `giveUp` becomes status.error.
   */
  | { do: 'wait'; info: string | undefined; giveUp?: string };

/** Decides whether a new backup may start. Checks the conditions in Longhorn's order. */
export const decideCreation = (conditions: CreationConditions, mutant?: Mutant): CreationStep => {
  if (!conditions.ticketSatisfied)
    return { do: 'retry', reason: 'waiting for attachment to be attached before enabling backup monitor' };
  if (!conditions.volumeAttached) {
    const engine = `${conditions.volume}-e-0`;
    return {
      do: 'wait',
      info: messages.waitForEngine(engine),
      giveUp: messages.failedWaitingForEngine(engine),
    };
  }
  if (!conditions.snapshot) {
    const text = messages.failedToGetSnapshot(conditions.snapshotName);
    return { do: 'wait', info: text, ...(mutant !== 'lost-snapshot-awaited' && { giveUp: text }) };
  }
  if (!conditions.snapshot.ready) {
    const { snapshotName } = conditions;
    return {
      do: 'wait',
      info: messages.waitForSnapshot(snapshotName),
      giveUp: messages.failedWaitingForSnapshot(snapshotName),
    };
  }
  const holds = (state: BackupState): boolean =>
    state === 'Deleting' || (mutant === 'held-by-error' && state === 'Error');
  const deleting = conditions.others.find(({ state }) => holds(state));
  if (deleting && mutant !== 'second-not-held') {
    return {
      do: 'wait',
      info: mutant === 'message-missing' ? undefined : messages.waitForDeletion(deleting.name),
    };
  }
  return { do: 'start' };
};

/** An object that a manager does not know, or not yet. Nothing has been asked of the engine then. */
export class NotSeen extends Error {}

/**
 * Whether a failed start of an upload is final for the Backup. True without a mutant for all that the engine says, also
 * for a lock that was not acquired (backup_controller.go, checkMonitor).
 */
export const isStartFailureFinal = (error: unknown, mutant: Mutant | undefined): boolean =>
  !(error instanceof NotSeen) &&
  (mutant !== 'lost-lock-retried-creation' || !String(error).includes('failed to acquire lock'));

/** States in which the engine is not asked for progress any more. */
export const isFinalState = (state: BackupState): boolean =>
  ['Completed', 'Error', 'Unknown', 'Deleting'].includes(state);
