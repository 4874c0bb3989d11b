import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { replicaKilled } from '../../../faults/replica-killed.ts';
import type { PodTarget } from '../../../kube/cluster.ts';
import { podOfInstance } from '../../../longhorn/manager.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { VolumeReplica } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';

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

/** Kills the process of one replica of a volume. */
export const killReplica = async (context: Context, volume: string): Promise<InjectedFault> => {
  const [replica] = await replicasOf(context, volume);
  if (replica === undefined) throw new Error(`volume ${volume} has no replica that could be killed`);
  const pod = await podOfInstance(context.cluster, replica);
  return context.faults.inject(killOf(context, replica, { pod, volume }));
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
