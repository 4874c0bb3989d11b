import { patchedObject } from '../../../faults/patched-object.ts';
import { waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Node, VolumeReplica } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { judgeWithin } from '../timeouts.ts';
import { readData } from './data.ts';
import { folderOf, killThisReplica, replicasOf, sumsOf } from './replicas.ts';
import { attachesAgain, describeVolume, isDegraded } from './volume.ts';

/** Kills a replica of a volume, waits until Longhorn has noticed, and returns the replica that is left. */
export const leaveOneReplica = async (context: Context, { name: volume }: VolumeHandle) => {
  const { timelines, timeouts } = context;
  const replicas = await replicasOf(context, volume);
  const [older, newest = older] = replicas;
  if (older === undefined || newest === undefined) throw new Error(`volume ${volume} has no replica`);
  const killed = await killThisReplica(context, older, volume);
  await waitUntil(timelines.volumes, isDegraded, {
    name: volume,
    label: `volume ${volume} has lost a replica`,
    describe: describeVolume,
    ...timeouts.replicaLost,
  });
  return { ...killed, newest };
};

/** Longhorn reserves the room of a node's disks for others, so that they take no more replicas, as full disks do not. */
export const fillDisks = async (
  { cluster, faults, timeouts }: Context,
  { spec: { nodeID: name } }: VolumeReplica,
) => {
  await using nodes = await follow<Node>(cluster, longhornResources.nodes, { namespace });
  const { disks } = nodes.current(name)?.spec ?? {};
  if (!disks) throw new InconclusiveError(`node ${name} has no disk`);
  const reserved = (of: (before: number) => number) => ({
    spec: {
      disks: Object.fromEntries(
        Object.entries(disks).map(([id, { storageReserved = 0 }]) => [
          id,
          { storageReserved: of(storageReserved) },
        ]),
      ),
    },
  });
  const filled = await faults.inject(
    patchedObject.on(cluster, {
      ...{
        resource: longhornResources.nodes,
        namespace,
        name,
        title: `the disks of ${name} take no more replicas`,
      },
      ...{ before: reserved((before) => before), after: reserved(() => 2 ** 50) },
    }),
  );
  await waitUntil(
    nodes,
    ({ status }) =>
      Object.values(status?.diskStatus ?? {}).every((disk) =>
        disk?.conditions?.some((each) => each.type === 'Schedulable' && each.status === 'False'),
      ),
    { name, label: `Longhorn says that the disks of ${name} are full`, ...timeouts.diskFull },
  );
  return filled;
};

/** Kills the last replica of a volume that Longhorn keeps current. */
export const killLast = async (context: Context, { name: volume }: VolumeHandle, replica: VolumeReplica) => {
  const from = context.timelines.volumes.lastSequence();
  return { ...(await killThisReplica(context, replica, volume)), from };
};

/**
 * Waits until a volume whose replicas have all failed is attached again, and compares its data. Throws a broken promise
 * if it lacks data that the replica which was left has in its images.
 */
export const judgeNewest = async (
  context: Context,
  volume: VolumeHandle,
  { from, newest, data }: { from: number; newest: VolumeReplica; data: readonly WrittenData[] },
): Promise<void> => {
  const {
    timelines: { volumes },
    timeouts,
  } = context;
  const { name } = volume;
  await judgeWithin(attachesAgain(volumes, { name, from }), timeouts.salvaged);
  for (const each of data) {
    if ((await readData(context, { volume, ...each })) === each.sha256) continue;
    const { nodeID: node } = newest.spec;
    const images = `${folderOf(newest)}/volume-*.img`;
    const kept = await sumsOf(context, { node, images }, each);
    if (!kept.some((sum) => sum === each.sha256))
      throw new Error(`volume ${name} has other data than were written, and so has ${newest.metadata.name}`);
    throw new PromiseBroken(
      `volume ${name} is attached without data that its replica ${newest.metadata.name} has on ${node}`,
      { kind: 'Volume', name, state: 'attached with older data' },
    );
  }
};
