import { timeoutOf } from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { judgeWithin } from '../timeouts.ts';
import { readData } from '../volume/data.ts';
import { folderOf, inReplicas, replicasOf, sumsOf } from '../volume/replicas.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import { recovers } from '../volume/volume.ts';
import { type CrashedNode, crashOf } from './crash.ts';

/** A node that lost its power soon after a snapshot: the folder of a replica there, and the snapshot's image. */
export type CrashedAfterSnapshot = CrashedNode & { directory: string; image: string; from: number };

// Longhorn ignores the file, which goes with the replica. Nobody syncs it.
const unsynced = 'corral.unsynced';

/**
 * Takes a snapshot, and then the power of the node of the volume's only replica. The node has written the journal of its
 * file system before, which it does each 5 s, and not the data of files that nobody syncs, which it does after 30 s.
 */
export const crashAfterSnapshot = async (
  context: Context,
  volume: VolumeHandle,
): Promise<CrashedAfterSnapshot> => {
  const { faults, timelines } = context;
  const [replica, ...others] = await replicasOf(context, volume.name);
  if (replica === undefined || others.length > 0)
    throw new Error(`volume ${volume.name} must have one replica, and has ${others.length + 1}`);
  const { nodeID } = replica.spec;
  const directory = folderOf(replica);
  await inReplicas(context, nodeID, `echo unsynced >"$1.tmp"; mv "$1.tmp" "$1"`, `${directory}/${unsynced}`);
  const { name } = await makeSnapshot(context, volume);
  const image = `${directory}/volume-snap-${name}.img`;
  await inReplicas(context, nodeID, 'sync "$@"', image, directory);
  const from = timelines.volumes.lastSequence();
  const crashed = await faults.inject(await crashOf(context, volume.target, [nodeID]));
  return { ...crashed, directory, image, from };
};

/**
 * Waits until a volume whose node has its power again is healthy, and compares its data. Throws a broken promise if it is
 * not, the metadata of its head is empty, and the image of its snapshot has the data.
 */
export const judgeOpenedAgain = async (
  context: Context,
  volume: VolumeHandle,
  { crashed, data }: { crashed: CrashedAfterSnapshot; data: WrittenData },
): Promise<void> => {
  const {
    timelines: { volumes },
    timeouts,
  } = context;
  const { node, directory, image, from } = crashed;
  const { name } = volume;
  const cause = await timeoutOf(judgeWithin(recovers(volumes, { name, from }), timeouts.openedAgain));
  const empty = await inReplicas(
    context,
    node,
    `find "$1" -name "$2" -size 0; find "$1" -name 'volume-head-*.meta' -size 0`,
    directory,
    unsynced,
  );
  if (cause === undefined) {
    if (!empty.includes(unsynced))
      throw new InconclusiveError(`${node} had written all files before it lost its power`);
    const found = await readData(context, { volume, ...data });
    if (found !== data.sha256) throw new Error(`volume ${name} has other data than were written`);
    return;
  }
  const [metadata] = empty.split('\n').filter((path) => path.endsWith('.meta'));
  const wasFaulted = entriesOf(volumes, name).some(
    ({ sequence, object }) => sequence > from && object.status?.robustness === 'faulted',
  );
  if (metadata === undefined || !wasFaulted) throw cause;
  const [stored] = await sumsOf(context, { node, images: image }, data);
  if (stored !== data.sha256)
    throw new InconclusiveError(`${image} on ${node} has not the data that were written`, { cause });
  throw new PromiseBroken(
    `volume ${name} is faulted, ${metadata} on ${node} is empty, and ${image} has all data`,
    { kind: 'Volume', name, state: 'faulted' },
    { cause },
  );
};
