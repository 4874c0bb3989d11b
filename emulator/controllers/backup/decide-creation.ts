import type { BackupState } from '../../longhorn/objects.ts';
import type { Mutant } from '../../mutants.ts';
import { messages } from './messages.ts';

export type Surroundings = {
  ticketSatisfied: boolean;
  volumeAttached: boolean;
  volume: string;
  /** Undefined if there is no such snapshot. */
  snapshot: { ready: boolean } | undefined;
  snapshotName: string;
  /** The other Backups of the same target and volume. */
  others: { name: string; state: BackupState }[];
};

export type CreationStep =
  | { do: 'start' }
  /** Not even Pending: the reconcile fails and is tried again soon. */
  | { do: 'retry'; reason: string }
  /**
   * Pending, and tried again by resync; some waits count towards a limit of tries, after which giveUp becomes
   * status.error.
   */
  | { do: 'wait'; info: string | undefined; giveUp?: string };

/** Whether a new backup may start, asked in Longhorn's order. */
export const decideCreation = (around: Surroundings, mutant?: Mutant): CreationStep => {
  if (!around.ticketSatisfied)
    return { do: 'retry', reason: 'waiting for attachment to be attached before enabling backup monitor' };
  if (!around.volumeAttached) {
    const engine = `${around.volume}-e-0`;
    return {
      do: 'wait',
      info: messages.waitForEngine(engine),
      giveUp: messages.failedWaitingForEngine(engine),
    };
  }
  if (!around.snapshot) {
    const text = messages.failedToGetSnapshot(around.snapshotName);
    return { do: 'wait', info: text, giveUp: text };
  }
  if (!around.snapshot.ready) {
    const { snapshotName } = around;
    return {
      do: 'wait',
      info: messages.waitForSnapshot(snapshotName),
      giveUp: messages.failedWaitingForSnapshot(snapshotName),
    };
  }
  const holds = (state: BackupState): boolean =>
    state === 'Deleting' || (mutant === 'held-by-error' && state === 'Error');
  const deleting = around.others.find(({ state }) => holds(state));
  if (deleting && mutant !== 'second-not-held') {
    return {
      do: 'wait',
      info: mutant === 'message-missing' ? undefined : messages.waitForDeletion(deleting.name),
    };
  }
  return { do: 'start' };
};

/** Whether an upload that could not be started is the Backup's end; it always is, a lost lock included. */
export const endsCreation = (error: unknown, mutant: Mutant | undefined): boolean =>
  mutant !== 'lost-lock-retried-creation' || !String(error).includes('failed to acquire lock');

/** States after which the engine is asked no more. */
export const isFinal = (state: BackupState): boolean =>
  ['Completed', 'Error', 'Unknown', 'Deleting'].includes(state);
