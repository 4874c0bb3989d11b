import { decodeBackupURL } from '../../backupstore/url.ts';
import { allocatedSize, headFile, snapshotFile } from '../../engine/replica-files.ts';
import type { ReplicaState } from '../../engine/replica-process.ts';
import type { BackupVolume, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { findReplica, replicaDirectory } from './replica.ts';

type Status = NonNullable<Volume['status']>;

/** The status a Volume begins with. */
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
};

/** Bytes that a volume's head and snapshots take on this node. */
export const actualSize = async (
  context: ManagerContext,
  { metadata: { name } }: Volume,
): Promise<number> => {
  const replica = findReplica(context, name);
  if (replica?.spec.nodeID !== context.node) return 0;
  const directory = replicaDirectory(replica);
  const own = context.datastore.snapshots.list().filter(({ spec }) => spec.volume === name);
  const files = [headFile(directory), ...own.map(({ metadata }) => snapshotFile(directory, metadata.name))];
  return (await Promise.all(files.map(allocatedSize))).reduce((sum, size) => sum + size, 0);
};

/** What a volume's backup target has of it; as long as one is restored, of the volume whose backup it is restored from. */
export const backupVolumeOnTarget = (
  { datastore }: ManagerContext,
  { metadata, spec: { backupTargetName, fromBackup }, status }: Volume,
): BackupVolume | undefined => {
  const name = status?.restoreRequired ? decodeBackupURL(fromBackup ?? '').volume : metadata.name;
  return datastore.backupVolumes
    .list()
    .find(({ spec }) => spec.volumeName === name && spec.backupTargetName === backupTargetName);
};

/** What a volume's own backup target says of its last backup. */
export const lastBackupOnTarget = (
  context: ManagerContext,
  volume: Volume,
): Pick<Status, 'lastBackup' | 'lastBackupAt'> => {
  const found = backupVolumeOnTarget(context, volume);
  return { lastBackup: found?.status?.lastBackupName ?? '', lastBackupAt: found?.status?.lastBackupAt ?? '' };
};

type State = NonNullable<Volume['status']>['state'];
type VolumeStep = {
  state: State;
  robustness: 'healthy' | 'degraded' | 'unknown' | 'faulted' | '';
  /** What to do to the device before the state is written. */
  device?: 'attach' | 'detach';
};

/**
 * The next step of a volume on its way to where spec.nodeID wants it, undefined when it is there. Each step
 * is one update of status, in the order seen on a real one: "" creating detaching detached attaching
 * attached, and healthy a moment after attached. It is not attached before its replica runs; where that has
 * failed it is detached, faulted, for good: nobody salvages it. Of several replicas the one that there is stands for the one
 * that has failed: the volume is degraded until it runs anew.
 */
export const nextStep = ({
  state,
  robustness,
  wanted,
  replica,
  replicas,
}: {
  state: State;
  robustness: string;
  wanted: boolean;
  replica: ReplicaState | undefined;
  replicas: number;
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
      return robustness === 'faulted' ? undefined : { state: 'attaching', robustness: 'unknown' };
    if (replica === 'error')
      return robustness === 'healthy' && replicas > 1
        ? { state: 'attached', robustness: 'degraded' }
        : { state: 'detaching', robustness: 'faulted' };
    if (state === 'attaching')
      return replica === 'running'
        ? { state: 'attached', robustness: 'unknown', device: 'attach' }
        : undefined;
    const isSettled = robustness === 'healthy' || robustness === 'faulted';
    return isSettled || (robustness === 'degraded' && replica !== 'running')
      ? undefined
      : { state: 'attached', robustness: 'healthy' };
  }
  if (state === 'attached' || state === 'attaching') return { state: 'detaching', robustness: 'unknown' };
  return undefined;
};
