import { snapshotBackup } from '../../engine/proxy.ts';
import type { Backup, BackupStatus, BackupTarget, InstanceManager, Snapshot, Volume } from '../../longhorn/objects.ts';
import { type Context, timestamp } from '../../manager/context.ts';
import { labels } from '../../modelled-on.ts';
import { findReplica, replicaDirectory } from '../replica-of.ts';
import { isSatisfied, requestAttachment, ticketID } from '../tickets.ts';
import { type CreationStep, decideCreation, endsCreation } from './decide-creation.ts';
import { messageKeys } from './messages.ts';
import { type Monitor, type Monitored, startMonitor } from './monitor.ts';
import { maxCreationTries, type RetryCounter } from './retry-counter.ts';

/** What creations keep in this process's memory. */
export type Creations = { monitors: Map<string, Monitor>; tries: RetryCounter; enqueue: (name: string) => void };

type Parts = { backup: Backup; volume: Volume; target: BackupTarget };

export const closeMonitor = ({ monitors }: Creations, name: string): void => {
  monitors.get(name)?.close();
  monitors.delete(name);
};

const failed = (error: string): Partial<BackupStatus> => ({ state: 'Error', error, lastSyncedAt: timestamp() });

const lookAround = ({ datastore, mutant }: Context, { backup, volume }: Parts): CreationStep => {
  const { name } = backup.metadata;
  const snapshotName = backup.spec.snapshotName ?? '';
  const snapshot = datastore.snapshots.get(snapshotName);
  const sameVolume = (other: Backup): boolean =>
    other.metadata.name !== name &&
    other.metadata.labels?.[labels.backupVolume] === volume.metadata.name &&
    other.metadata.labels[labels.backupTarget] === backup.metadata.labels?.[labels.backupTarget];
  return decideCreation(
    {
      ticketSatisfied: isSatisfied(datastore.volumeAttachments.get(volume.metadata.name), ticketID('backup-controller', name)),
      volumeAttached: volume.status?.state === 'attached',
      volume: volume.metadata.name,
      snapshot: snapshot && { ready: snapshot.status?.readyToUse === true },
      snapshotName,
      others: datastore.backups
        .list()
        .filter(sameVolume)
        .map(({ metadata, status }) => ({ name: metadata.name, state: status?.state ?? '' })),
    },
    mutant,
  );
};

const instanceManagerOf = ({ datastore }: Context, volume: Volume): InstanceManager => {
  const node = volume.status?.currentNodeID;
  const found = datastore.instanceManagers.list().find(({ spec }) => spec.nodeID === node);
  if (!found?.status) throw new Error(`failed to find a running instance manager for node ${node}`);
  return found;
};

const upload = async (context: Context, { backup, volume, target }: Parts, ip: string): Promise<void> => {
  const replica = findReplica(context, volume.metadata.name);
  if (!replica) throw new Error(`cannot find the replica of volume ${volume.metadata.name}`);
  const { backupMode, backupBlockSize } = backup.spec;
  await snapshotBackup(ip, {
    url: target.spec.backupTargetURL,
    timeout: context.clock.snapshotBackupTimeout,
    request: {
      volume: volume.metadata.name,
      volumeSize: Number(volume.spec.size),
      backup: backup.metadata.name,
      snapshot: backup.spec.snapshotName ?? '',
      snapshotCreatedAt: timestamp(),
      directory: replicaDirectory(replica),
      compressionMethod: volume.spec.backupCompressionMethod,
      labels: { ...backup.spec.labels, VolumeRecurringJobInfo: '{}' },
      parameters: { 'backup-block-size': backupBlockSize || '2097152', 'backup-mode': backupMode || 'incremental' },
    },
  });
};

const monitored = ({ state, progress, error, url, snapshotName, replicaAddress }: BackupStatus): Monitored => ({
  state,
  progress,
  url,
  snapshotName,
  replicaAddress,
  ...(error && { error }),
});

const begin = async (context: Context, parts: Parts, status: BackupStatus, creations: Creations): Promise<void> => {
  const { name } = parts.backup.metadata;
  const { ip } = instanceManagerOf(context, parts.volume).status ?? { ip: '' };
  // In progress already: this process took over from one that has gone, and only looks on.
  if (status.state !== 'InProgress') await upload(context, parts, ip);
  creations.tries.forget(name);
  context.log.info(`Enable backup monitor for backup ${name}`, { backup: name });
  const options = { ip, backup: name, initial: monitored(status), period: context.clock.monitorPoll };
  creations.monitors.set(
    name,
    startMonitor(options, () => creations.enqueue(name)),
  );
};

const wait = (
  context: Context,
  step: CreationStep & { do: 'wait' },
  { backup, status, creations }: { backup: Backup; status: BackupStatus; creations: Creations },
) => {
  const { name } = backup.metadata;
  if (step.giveUp !== undefined && creations.tries.raise(name) >= maxCreationTries) {
    creations.tries.forget(name);
    return failed(step.giveUp);
  }
  context.log.warning(`Waiting to enable the backup monitor for backup ${name}`, { backup: name, reason: step.info });
  const info = step.info === undefined ? {} : { [messageKeys.info]: step.info };
  return { state: 'Pending' as const, messages: { ...status.messages, ...info } };
};

const snapshotOf = ({ datastore }: Context, { spec }: Backup): Snapshot | undefined => datastore.snapshots.get(spec.snapshotName ?? '');

/**
 * Takes the making of a backup a step further and gives what its status is to become. Throws while its volume's attachment is on its way:
 * that is tried again within milliseconds, where a Pending backup waits for the next resync.
 */
export const reconcileCreation = async (
  context: Context,
  parts: Parts,
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
    const step = lookAround(context, parts);
    if (step.do === 'retry') throw new Error(step.reason);
    if (step.do === 'wait') return { ...seen, ...wait(context, step, { backup, status: seen, creations }) };
    try {
      await begin(context, parts, seen, creations);
    } catch (error) {
      if (!endsCreation(error, context.mutant)) throw error;
      context.log.warning(`Failed to enable the backup monitor for backup ${name}`, { backup: name, error });
      return { ...seen, ...failed(`failed to backup snapshot ${backup.spec.snapshotName} to ${name}: ${(error as Error).message}`) };
    }
  }
  return { ...seen, ...creations.monitors.get(name)?.status() };
};
