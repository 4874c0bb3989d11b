import { allocatedSize, headFile, snapshotFile } from '../../engine/replica-files.ts';
import type { BackupVolume, Volume } from '../../longhorn/objects.ts';
import type { Context } from '../../manager/context.ts';
import { findReplica, replicaDirectory } from './replica-of.ts';

type Status = NonNullable<Volume['status']>;

/** The status a Volume begins with. */
export const newStatus: Status = {
  ownerID: '',
  state: '',
  robustness: '',
  currentNodeID: '',
  currentImage: '',
  actualSize: 0,
  lastBackup: '',
  lastBackupAt: '',
  conditions: null,
  frontendDisabled: false,
  restoreRequired: false,
  restoreInitiated: false,
};

/** Bytes that a volume's head and snapshots take on this node. */
export const actualSize = async (context: Context, { metadata: { name } }: Volume): Promise<number> => {
  const replica = findReplica(context, name);
  if (replica?.spec.nodeID !== context.node) return 0;
  const directory = replicaDirectory(replica);
  const own = context.datastore.snapshots.list().filter(({ spec }) => spec.volume === name);
  const files = [headFile(directory), ...own.map(({ metadata }) => snapshotFile(directory, metadata.name))];
  return (await Promise.all(files.map(allocatedSize))).reduce((sum, size) => sum + size, 0);
};

/** What a volume's own backup target says of its last backup. */
export const lastBackup = (
  { datastore }: Context,
  { metadata, spec: { backupTargetName } }: Volume,
): Pick<Status, 'lastBackup' | 'lastBackupAt'> => {
  const isOwn = ({ spec }: BackupVolume): boolean => spec.volumeName === metadata.name && spec.backupTargetName === backupTargetName;
  const found = datastore.backupVolumes.list().find(isOwn);
  return { lastBackup: found?.status?.lastBackupName ?? '', lastBackupAt: found?.status?.lastBackupAt ?? '' };
};
