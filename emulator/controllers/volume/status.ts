import { decodeBackupURL } from '../../backupstore/url.ts';
import { allocatedSize, headPath, snapshotPath } from '../../engine/replica-files.ts';
import type { ReplicaState } from '../../engine/replica-process.ts';
import { withCondition } from '../../kubernetes/objects.ts';
import type { BackupVolume, Volume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { isAtLeast, labels } from '../../modelled-on.ts';
import { findReplica, replicaDirectory } from './replica.ts';

type Status = NonNullable<Volume['status']>;

/** The initial status of a Volume. */
export const newVolumeStatus: Status = {
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
  isStandby: false,
  expansionRequired: false,
};

/** Bytes that a volume's head and snapshots use on this node. */
export const actualSize = async (
  context: ManagerContext,
  { metadata: { name } }: Volume,
): Promise<number> => {
  const replica = findReplica(context, name);
  if (replica?.spec.nodeID !== context.node) return 0;
  const directory = replicaDirectory(replica);
  const own = context.datastore.snapshots.list().filter(({ spec }) => spec.volume === name);
  const files = [headPath(directory), ...own.map(({ metadata }) => snapshotPath(directory, metadata.name))];
  return (await Promise.all(files.map(allocatedSize))).reduce((sum, size) => sum + size, 0);
};

/** Adds the condition TooManySnapshots (volume_controller.go, reconcileTooManySnapshotsCondition). */
export const withSnapshotCount = (
  { datastore, mutant, version }: ManagerContext,
  { metadata: { name }, spec: { snapshotMaxCount = 250 } }: Volume,
  conditions: Status['conditions'],
): Status['conditions'] => {
  const count = datastore.snapshots
    .list()
    .filter(({ spec, status }) => spec.volume === name && status?.creationTime).length;
  // The setting snapshot-count-warning-threshold is 100, and before v1.12 no volume can lower that.
  const isNew = isAtLeast(version, 'v1.12.0');
  const threshold = isNew ? Math.min(100, snapshotMaxCount) : 100;
  const isMany = isNew ? count >= threshold : count > threshold;
  const wasMany = conditions?.some(({ type, status }) => type === 'TooManySnapshots' && status === 'True');
  const isShown =
    (isMany && mutant !== 'many-snapshots-unsaid') || (wasMany && mutant === 'many-snapshots-stay');
  const message = `Snapshots count is ${count} ${isNew ? 'at or over' : 'over'} the warning threshold ${threshold}`;
  return withCondition(
    conditions,
    isShown
      ? { type: 'TooManySnapshots', status: 'True', reason: 'TooManySnapshots', message }
      : { type: 'TooManySnapshots', status: 'False' },
    timestamp(),
  );
};

/** The BackupVolume of a volume, by its name, on a backup target. */
export const findBackupVolume = (
  { datastore }: Pick<ManagerContext, 'datastore'>,
  volume: string,
  target: string | undefined,
): BackupVolume | undefined =>
  datastore.backupVolumes
    .list()
    .find(({ spec }) => spec.volumeName === volume && spec.backupTargetName === target);

/**
 * The BackupVolume of a volume on its own backup target. During a restore, the one of the volume whose backup
 * is restored.
 */
export const backupVolumeOnTarget = (
  context: ManagerContext,
  { metadata, spec: { backupTargetName, fromBackup }, status }: Volume,
): BackupVolume | undefined => {
  const name = status?.restoreRequired ? decodeBackupURL(fromBackup ?? '').volume : metadata.name;
  return findBackupVolume(context, name, backupTargetName);
};

/**
 * The last backup of a volume on its own backup target. During a restore, Longhorn looks for it by a label of the volume,
 * and leaves what it has seen last without that (volume_controller.go, ReconcileBackupVolumeState).
 */
export const lastBackupOnTarget = (
  context: ManagerContext,
  volume: Volume,
): Pick<Status, 'lastBackup' | 'lastBackupAt'> => {
  const { metadata, status } = volume;
  const isUnlabelled = status?.restoreRequired === true && !metadata.labels?.[labels.backupVolume];
  if (isUnlabelled && context.mutant !== 'fixed:unlabelled-standby-is-never-activated') {
    context.log.warning('Failed to find the backup volume label', { volume: metadata.name });
    return { lastBackup: status.lastBackup, lastBackupAt: status.lastBackupAt };
  }
  const found = backupVolumeOnTarget(context, volume);
  return { lastBackup: found?.status?.lastBackupName ?? '', lastBackupAt: found?.status?.lastBackupAt ?? '' };
};

type State = NonNullable<Volume['status']>['state'];
export type VolumeStep = {
  state: State;
  robustness: 'healthy' | 'degraded' | 'unknown' | 'faulted' | '';
  /** What to do with the device before the state is written. */
  device?: 'attach' | 'detach';
};

/**
 * The next step of a volume towards spec.nodeID, undefined if there is none. Each step is one status update,
 * in the order seen on a real Longhorn: "" creating detaching detached attaching attached, and healthy a
 * moment after attached. A volume is attached only when its replica runs. If the replica failed, the volume
 * is detached and faulted, for good unless it `isSalvaged`. With several replicas in the spec, the only one
 * represents the failed one: the volume is degraded until it runs again, or as long as it `lacksReplica`.
 */
export const nextStep = ({
  state,
  robustness,
  wanted,
  replica,
  replicas,
  isSalvaged = false,
  lacksReplica = false,
}: {
  state: State;
  robustness: string;
  wanted: boolean;
  replica: ReplicaState | undefined;
  replicas: number;
  isSalvaged?: boolean;
  lacksReplica?: boolean;
}): VolumeStep | undefined => {
  if (state === '') return { state: 'creating', robustness: '' };
  if (state === 'creating') return { state: 'detaching', robustness: 'unknown' };
  if (state === 'detaching')
    return {
      state: 'detached',
      robustness: robustness === 'faulted' ? 'faulted' : 'unknown',
      device: 'detach',
    };
  if (wanted) {
    if (state === 'detached')
      return robustness === 'faulted' && !isSalvaged
        ? undefined
        : { state: 'attaching', robustness: 'unknown' };
    if (replica === 'error')
      return robustness === 'healthy' && replicas > 1
        ? { state: 'attached', robustness: 'degraded' }
        : { state: 'detaching', robustness: 'faulted' };
    if (state === 'attaching')
      return replica === 'running'
        ? { state: 'attached', robustness: 'unknown', device: 'attach' }
        : undefined;
    const isSettled = robustness === 'healthy' || robustness === 'faulted';
    return isSettled || (robustness === 'degraded' && (replica !== 'running' || lacksReplica))
      ? undefined
      : { state: 'attached', robustness: lacksReplica ? 'degraded' : 'healthy' };
  }
  if (state === 'attached' || state === 'attaching') return { state: 'detaching', robustness: 'unknown' };
  return undefined;
};
