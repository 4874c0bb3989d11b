import { isDeepStrictEqual } from 'node:util';
import { fetchBackupStatus, lostProxy, replicaAddress } from '../../engine/proxy.ts';
import type { EngineBackupStatus } from '../../engine/upload.ts';
import type { BackupState, BackupStatus } from '../../longhorn/objects.ts';
import type { Mutant } from '../../mutants.ts';

/** The part of a Backup's status that comes from the engine. */
export type MonitoredStatus = Pick<
  BackupStatus,
  'state' | 'progress' | 'error' | 'url' | 'snapshotName' | 'replicaAddress'
>;

export type Monitor = {
  status(): MonitoredStatus;
  /** The instance manager that was asked is gone. Longhorn gives up at the first answer that fails. */
  lose(): void;
  close(): void;
};

const states: Record<EngineBackupStatus['state'], BackupState> = {
  in_progress: 'InProgress',
  complete: 'Completed',
  error: 'Error',
};

/**
 * Asks the engine for a backup's progress once per period, in milliseconds. The first query is after one
 * period, so a faster backup is never seen in progress. Calls onChange when the answer changes.
 */
export const startMonitor = (
  {
    ip,
    backup,
    snapshot,
    initial,
    period,
    mutant,
  }: {
    ip: string;
    backup: string;
    snapshot: string;
    initial: MonitoredStatus;
    period: number;
    mutant?: Mutant | undefined;
  },
  onChange: () => void,
): Monitor => {
  let status = initial;
  let asking = false;
  let isLost = false;
  // The pod of the replicas is gone, or it was, with the manager that asked before.
  const ofLostPod = (): MonitoredStatus | undefined => {
    if (mutant === 'upload-lost-with-node-stays') return status;
    return mutant === 'upload-lost-with-pod-completes'
      ? { ...status, state: 'Completed', progress: 100 }
      : undefined;
  };
  const ask = async (): Promise<MonitoredStatus> => {
    try {
      const answer = await fetchBackupStatus(ip, backup);
      if (!answer)
        return (
          (initial.state === 'InProgress' ? ofLostPod() : undefined) ?? {
            ...status,
            state: 'Error',
            error: `cannot find matched snapshot /${snapshot} of backup ${backup} status in longhorn engine`,
          }
        );
      return {
        state: states[answer.state],
        progress: answer.progress,
        url: answer.backupURL,
        snapshotName: answer.snapshotName,
        replicaAddress: replicaAddress(ip),
        ...(answer.error && { error: answer.error }),
      };
    } catch (error) {
      const { message, cause } = error as Error;
      return (
        (['TypeError', 'TimeoutError'].includes((cause as Error | undefined)?.name ?? '')
          ? ofLostPod()
          : undefined) ?? {
          ...status,
          state: 'Error',
          error: message,
        }
      );
    }
  };
  const timer = setInterval(async () => {
    if (asking) return;
    asking = true;
    const next = await ask();
    asking = false;
    if (isLost || isDeepStrictEqual(next, status)) return;
    status = next;
    onChange();
  }, period);
  const lose = (): void => {
    isLost = true;
    status = { ...status, state: 'Error', error: lostProxy(ip, backup) };
    onChange();
  };
  return { status: () => status, lose, close: () => clearInterval(timer) };
};
