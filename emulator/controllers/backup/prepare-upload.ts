import { cancelPreparedBackup, prepareBackup, startBackup } from '../../engine/proxy.ts';
import type { Backup, BackupTarget, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { hasRoomForHeader, labels } from '../../modelled-on.ts';
import { claimOf } from '../csi/claim-of.ts';
import { deviceSize } from '../encrypted-size.ts';
import { isParentOfHead } from '../snapshot/removal.ts';
import { findReplica, replicaDirectory } from '../volume/replica.ts';
import { storedJobsOf } from '../volume/restored-jobs.ts';
import { backupVolumeOnTarget } from '../volume/status.ts';
import { NotSeen } from './decide-creation.ts';

/**
 * Returns the IP address of the engine's API: the instance manager on the node that the volume is attached
 * to. Throws if there is none.
 */
export const engineAddress = ({ datastore }: ManagerContext, volume: Volume): string => {
  const node = volume.status?.currentNodeID;
  const found = datastore.instanceManagers.list().find(({ spec }) => spec.nodeID === node);
  if (!found?.status) throw new NotSeen(`failed to find a running instance manager for node ${node}`);
  return found.status.ip;
};

const sizeOf = (context: ManagerContext, volume: Volume): number => {
  const stored = backupVolumeOnTarget(context, volume)?.status?.size;
  return context.mutant === 'grown-volume-keeps-stored-size' && stored
    ? Number(stored)
    : deviceSize(context, volume);
};

// What is discarded in a volume goes from as many of its newest snapshots as are marked as removed, whichever those are
// (longhorn-engine, pkg/replica/replica.go, UnmapAt). With unmapMarkSnapChainRemoved it marks them itself.
const isTrimmed = (
  { datastore, mutant }: ManagerContext,
  { metadata: { name }, spec: { unmapMarkSnapChainRemoved } }: Volume,
  snapshot: string,
): boolean => {
  const own = datastore.snapshots.list().filter(({ spec }) => spec.volume === name);
  const newest = own.find(isParentOfHead)?.metadata.name;
  const isRemoved = own.some(({ status }) => status?.markRemoved);
  return (
    newest === snapshot &&
    ((isRemoved && mutant !== 'fixed:trim-empties-snapshot') ||
      (unmapMarkSnapChainRemoved === 'enabled' && mutant !== 'fixed:trim-empties-upload'))
  );
};

const blocksAtOnce = ({ mutant }: ManagerContext, limit: string): number =>
  mutant === 'upload-threads-ignored' ? 1 : mutant === 'upload-threads-unlimited' ? 99 : Number(limit);

/**
 * Prepares the upload of a backup, which then waits to take its lock. The result starts it or gives it up.
 * Throws the engine's error text.
 */
export const prepareUpload = async (
  context: ManagerContext,
  { backup, volume, target }: { backup: Backup; volume: Volume; target: BackupTarget },
  ip: string,
): Promise<{ start(): Promise<unknown>; giveUp(): Promise<unknown> }> => {
  const replica = findReplica(context, volume.metadata.name);
  if (!replica) throw new NotSeen(`cannot find the replica of volume ${volume.metadata.name}`);
  const { name } = backup.metadata;
  const { backupMode, backupBlockSize } = backup.spec;
  const timeout = context.clock.snapshotBackupTimeout;
  const limit = await context.datastore.settings.fetch('backup-concurrent-limit');
  const client = await context.targets.open(target);
  await prepareBackup(ip, {
    url: target.spec.backupTargetURL,
    timeout,
    environment: client.environment(),
    request: {
      volume: volume.metadata.name,
      volumeSize: sizeOf(context, volume),
      storageClassName: claimOf(context, volume.metadata.name)?.spec.storageClassName ?? '',
      backup: name,
      snapshot: backup.spec.snapshotName ?? '',
      snapshotCreatedAt:
        context.datastore.snapshots.get(backup.spec.snapshotName ?? '')?.status?.creationTime ?? '',
      directory: replicaDirectory(replica),
      atOnce: blocksAtOnce(context, limit.value),
      isTrimmed: isTrimmed(context, volume, backup.spec.snapshotName ?? ''),
      compressionMethod:
        context.mutant === 'compression-ignored' ? 'gzip' : volume.spec.backupCompressionMethod,
      labels: {
        ...(context.mutant !== 'labels-lost' && backup.spec.labels),
        VolumeRecurringJobInfo: storedJobsOf(context, volume),
        ...(volume.spec.encrypted && hasRoomForHeader(context.version) && { [labels.encrypted]: 'enabled' }),
      },
      parameters: {
        'backup-block-size': backupBlockSize || '2097152',
        'backup-mode': backupMode || 'incremental',
      },
    },
  });
  return { start: () => startBackup(ip, name, timeout), giveUp: () => cancelPreparedBackup(ip, name) };
};
