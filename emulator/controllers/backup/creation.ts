import { formatGoMap } from '../../go.ts';
import type { Backup, BackupStatus, BackupTarget, Snapshot, Volume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { readUnless } from '../../manager/datastore.ts';
import { labels } from '../../modelled-on.ts';
import { isTicketSatisfied, requestAttachment, ticketID } from '../volume/tickets.ts';
import { maxCreationTries, type RetryCounter } from './backoff.ts';
import { type CreationStep, decideCreation, isStartFailureFinal } from './decide-creation.ts';
import { messageKeys } from './messages.ts';
import { type Monitor, type MonitoredStatus, startMonitor } from './monitor.ts';
import { engineAddress, prepareUpload } from './prepare-upload.ts';

/** State of backup creations, in this process's memory. */
export type Creations = {
  monitors: Map<string, Monitor>;
  tries: RetryCounter;
  enqueue: (name: string) => void;
};

type CreationObjects = { backup: Backup; volume: Volume; target: BackupTarget };

export const closeMonitor = ({ monitors }: Creations, name: string): void => {
  monitors.get(name)?.close();
  monitors.delete(name);
};

const failed = (error: string): Partial<BackupStatus> => ({
  state: 'Error',
  error,
  lastSyncedAt: timestamp(),
});

const examine = async (
  { datastore, mutant }: ManagerContext,
  { backup, volume }: CreationObjects,
): Promise<CreationStep> => {
  const { name } = backup.metadata;
  const snapshotName = backup.spec.snapshotName ?? '';
  // Another manager has taken it, and this one may not have seen that. Each look that finds it unready counts.
  const snapshot = await readUnless(
    datastore.snapshots,
    snapshotName,
    ({ status }) => status?.readyToUse === true,
  );
  const sameVolume = (other: Backup): boolean =>
    other.metadata.name !== name &&
    other.metadata.labels?.[labels.backupVolume] === volume.metadata.name &&
    other.metadata.labels[labels.backupTarget] === backup.metadata.labels?.[labels.backupTarget];
  const isUnderWay = backup.status?.state === 'InProgress';
  const mayWait = !isUnderWay || mutant !== 'fixed:orphaned-upload-is-begun-again';
  const attachment = datastore.volumeAttachments.get(volume.metadata.name);
  const ticket = ticketID('backup-controller', name);
  // A volume that is about to be detached, as its snapshot is done, is still attached (VerifyAttachment).
  const stays = volume.spec.nodeID === attachment?.spec.attachmentTickets?.[ticket]?.nodeID;
  return decideCreation(
    {
      ticketSatisfied: stays && isTicketSatisfied(attachment, ticket),
      volumeAttached: volume.status?.state === 'attached',
      volume: volume.metadata.name,
      snapshot: snapshot && { ready: snapshot.status?.readyToUse === true },
      snapshotName,
      others: datastore.backups
        .list()
        .filter((other) => mayWait && sameVolume(other))
        .map(({ metadata, status }) => ({ name: metadata.name, state: status?.state ?? '' })),
    },
    mutant,
  );
};

const monitored = ({
  state,
  progress,
  error,
  url,
  snapshotName,
  replicaAddress,
}: BackupStatus): MonitoredStatus => ({
  state,
  progress,
  url,
  snapshotName,
  replicaAddress,
  ...(error && { error }),
});

/** Starts a backup, or returns the reason to wait. */
const begin = async (
  context: ManagerContext,
  parts: CreationObjects,
  { status, creations }: { status: BackupStatus; creations: Creations },
): Promise<CreationStep> => {
  const { name } = parts.backup.metadata;
  const step = await examine(context, parts);
  if (step.do !== 'start') return step;
  const ip = engineAddress(context, parts.volume);
  // InProgress: this process took over from one that has ended, and only monitors the upload.
  if (status.state !== 'InProgress') {
    const upload = await prepareUpload(context, parts, ip);
    // Checked again. In Longhorn the replica's process runs already, and writes its lock tenths of a second later. Here
    // a process starts first, for seconds on a busy node: a deletion that began meanwhile would have the older lock.
    const now = await examine(context, parts);
    if (now.do !== 'start') {
      await upload.giveUp();
      return now;
    }
    await upload.start();
  }
  creations.tries.forget(name);
  context.log.info(`Enable backup monitor for backup ${name}`, { backup: name });
  const options = {
    ip,
    backup: name,
    snapshot: parts.backup.spec.snapshotName ?? '',
    initial: monitored(status),
    period: context.clock.monitorPoll,
    mutant: context.mutant,
  };
  creations.monitors.set(
    name,
    startMonitor(options, () => creations.enqueue(name)),
  );
  return step;
};

const wait = (
  context: ManagerContext,
  step: CreationStep & { do: 'wait' },
  { backup, status, creations }: { backup: Backup; status: BackupStatus; creations: Creations },
) => {
  const { name } = backup.metadata;
  if (step.giveUp !== undefined && creations.tries.raise(name) >= maxCreationTries) {
    creations.tries.forget(name);
    return failed(step.giveUp);
  }
  context.log.warning(`Waiting to enable the backup monitor for backup ${name}`, {
    backup: name,
    reason: step.info,
  });
  const info = step.info === undefined ? {} : { [messageKeys.info]: step.info };
  return { state: 'Pending' as const, messages: { ...status.messages, ...info } };
};

const snapshotOf = ({ datastore }: ManagerContext, { spec }: Backup): Snapshot | undefined =>
  datastore.snapshots.get(spec.snapshotName ?? '');

/**
 * Advances the creation of a backup by one step and returns its new status. Throws while the volume is being attached:
 * a failed reconcile is repeated within milliseconds, while a Pending backup waits for the next resync.
 */
export const reconcileCreation = async (
  context: ManagerContext,
  parts: CreationObjects,
  status: BackupStatus,
  creations: Creations,
): Promise<Partial<BackupStatus>> => {
  const { backup, volume } = parts;
  const { name } = backup.metadata;
  await requestAttachment(context, volume.metadata.name, 'backup-controller', name);
  const seen: BackupStatus = {
    ...status,
    messages: status.messages ?? {},
    snapshotCreatedAt: status.snapshotCreatedAt || (snapshotOf(context, backup)?.status?.creationTime ?? ''),
    volumeSize: status.volumeSize || volume.spec.size,
  };
  if (!creations.monitors.has(name)) {
    let step: CreationStep;
    try {
      step = await begin(context, parts, { status: seen, creations });
    } catch (error) {
      if (!isStartFailureFinal(error, context.mutant)) throw error;
      context.log.warning(`Failed to enable the backup monitor for backup ${name}`, { backup: name, error });
      return {
        ...seen,
        ...failed(
          `failed to backup snapshot ${backup.spec.snapshotName} to ${name}: ${(error as Error).message}`,
        ),
      };
    }
    if (step.do === 'retry') throw new Error(step.reason);
    if (step.do === 'wait') return { ...seen, ...wait(context, step, { backup, status: seen, creations }) };
  }
  const found = creations.monitors.get(name)?.status();
  if (found?.state === 'Error')
    context.recorder(volume, {
      type: 'Warning',
      reason: 'Error',
      message: `Snapshot ${backup.spec.snapshotName} backup ${name} label ${formatGoMap(backup.spec.labels)}: ${found.error}`,
    });
  return { ...seen, ...found };
};
