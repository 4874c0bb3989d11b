import { entriesOf } from '../../../history/history.ts';
import type { Context } from '../context.ts';
import type { SnapshotHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';
import { folderOf, inReplicas, replicasOf } from './replicas.ts';
import { judgeData } from './restored.ts';
import { attach, beginClone, isCloned, untilCloned } from './volume.ts';

/**
 * Makes a volume of a snapshot, and returns it once its data are being copied: the volume has a file for them then. Nothing
 * else says so while it lasts. Throws InconclusiveError if there is no such file.
 */
export const beginCopy = async (context: Context, snapshot: SnapshotHandle): Promise<VolumeHandle> => {
  const clone = await beginClone(context, snapshot.volume, snapshot);
  const [replica] = await replicasOf(context, clone.name);
  if (replica === undefined) throw new Error(`volume ${clone.name} has no replica`);
  const script =
    'for ((i = 0; i < 600; i++)); do [[ -e $1 ]] && exit; sleep 0.1; done; echo "no $1 within 60 s" >&2; exit 1';
  const file = `${folderOf(replica)}/volume-snap-${snapshot.name}.img`;
  await inReplicas(context, replica.spec.nodeID, script, file).catch((cause: unknown) => {
    throw new InconclusiveError(`nothing shows that the data of ${clone.name} were being copied`, { cause });
  });
  return clone;
};

/**
 * Throws a broken promise if a clone that is complete lacks the data of its snapshot. A clone that has failed says so. Proves
 * nothing if the snapshot was deleted only after the copy.
 */
export const judgeClone = async (
  context: Context,
  clone: VolumeHandle,
  { of, data }: { of: SnapshotHandle; data: readonly WrittenData[] },
): Promise<void> => {
  const { snapshots, volumes } = context.timelines;
  const hasFailed = () => volumes.current(clone.name)?.status?.cloneStatus?.state === 'failed';
  await untilCloned(context, clone.name).catch((error: unknown) => {
    if (!hasFailed()) throw error;
  });
  if (hasFailed()) return;
  const cloned = entriesOf(volumes, clone.name).find(({ object }) => isCloned(object));
  const goes = entriesOf(snapshots, of.name).find(({ object }) => object.metadata.deletionTimestamp);
  if (goes && cloned && cloned.sequence < goes.sequence)
    throw new InconclusiveError(`${clone.name} was cloned before its snapshot was deleted`);
  await attach(context, clone);
  await judgeData(
    context,
    { volume: clone, data },
    `${clone.name} is a clone of snapshot ${of.name}, and has other data`,
  );
};
