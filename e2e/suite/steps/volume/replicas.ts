import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { replicaKilled } from '../../../faults/replica-killed.ts';
import type { PodTarget } from '../../../kube/cluster.ts';
import { managerPodOf, podOfInstance } from '../../../longhorn/manager.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { VolumeReplica } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { WrittenData } from '../handles.ts';
import { mebibyte } from '../sizes.ts';

/** Returns the replicas that Longhorn has of a volume now. */
export const replicasOf = async (
  { cluster }: Pick<Context, 'cluster'>,
  volume: string,
): Promise<VolumeReplica[]> => {
  const listed = { namespace, labelSelector: volumeSelector(volume) };
  return (await cluster.list<VolumeReplica>(longhornResources.replicas, listed)).items;
};

/** Returns the fault that kills the process of a replica, in its pod. */
export const killOf = (
  { cluster }: Pick<Context, 'cluster'>,
  { metadata, spec }: VolumeReplica,
  { pod, volume }: { pod: PodTarget; volume: string },
): Fault =>
  replicaKilled.on(cluster, { replica: metadata.name, directory: spec.dataDirectoryName, pod, volume });

/** Kills the process of this replica of a volume. */
export const killThisReplica = async (
  context: Context,
  replica: VolumeReplica,
  volume: string,
): Promise<InjectedFault> => {
  const pod = await podOfInstance(context.cluster, replica);
  return context.faults.inject(killOf(context, replica, { pod, volume }));
};

/** Kills the process of one replica of a volume. */
export const killReplica = async (context: Context, volume: string): Promise<InjectedFault> => {
  const [replica] = await replicasOf(context, volume);
  if (replica === undefined) throw new Error(`volume ${volume} has no replica that could be killed`);
  return killThisReplica(context, replica, volume);
};

/** Throws unless Longhorn is to keep this number of replicas of a volume, and has them. */
export const mustHaveReplicas = async (context: Context, volume: string, count: number): Promise<void> => {
  const wanted = context.timelines.volumes.current(volume)?.spec.numberOfReplicas;
  const { length } = await replicasOf(context, volume);
  if (wanted !== count || length !== count)
    throw new Error(
      `volume ${volume} has ${length} replicas and is to have ${wanted}, where ${count} were asked for`,
    );
};

/** Runs a script of bash on a node, in the pod of its longhorn-manager, which has the folders of the replicas there. */
export const inReplicas = async (
  { cluster }: Pick<Context, 'cluster'>,
  node: string,
  script: string,
  ...args: string[]
): Promise<string> => {
  const pod = await managerPodOf(cluster, node);
  const { stdout, stderr, exitCode } = await cluster.exec(pod, [
    'bash',
    '-c',
    `set -eo pipefail\n${script}`,
    'corral-replica',
    ...args,
  ]);
  if (exitCode !== 0)
    throw new Error(
      `the replica's folder on ${node} could not be read or written: ${stderr.trim() || stdout.trim()}`,
    );
  return stdout.trim();
};

/** The folder of a replica on its node. */
export const folderOf = ({ spec }: VolumeReplica): string =>
  `${spec.diskPath.replace(/\/$/, '')}/replicas/${spec.dataDirectoryName}`;

/** Returns the SHA-256 of a range of each of these images. */
export const sumsOf = async (
  context: Pick<Context, 'cluster'>,
  { node, images }: { node: string; images: string },
  { offset, size }: Pick<WrittenData, 'offset' | 'size'>,
): Promise<string[]> => {
  const script =
    'for image in $3; do dd if="$image" bs=1M skip="$1" count="$2" iflag=fullblock status=none | sha256sum; done';
  const [skip, count] = [offset / mebibyte, size / mebibyte].map(String) as [string, string];
  const sums = await inReplicas(context, node, script, skip, count, images);
  return sums.split('\n').map((line) => line.split(' ')[0] ?? '');
};

/** Returns the replicas of a volume none of whose images has the data. */
export const replicasWithout = async (
  context: Pick<Context, 'cluster'>,
  volume: string,
  data: WrittenData,
): Promise<string[]> => {
  const found = (await replicasOf(context, volume)).map(async (replica) => {
    const { nodeID: node } = replica.spec;
    const images = `${folderOf(replica)}/volume-*.img`;
    const sums = await sumsOf(context, { node, images }, data);
    return sums.some((sum) => sum === data.sha256) ? [] : [replica.metadata.name];
  });
  return (await Promise.all(found)).flat();
};
