import { patchedObject } from '../../../faults/patched-object.ts';
import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { VolumeReplica } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { InconclusiveError } from '../judging.ts';
import { replicasOf } from '../volume/replicas.ts';

type Subject = { name: string; label: string };

/** Asks Longhorn to evict all replicas from a node of a volume, until the end of the scenario. Returns the node's name. */
export const evictNodeOf = async (context: Context, { name, label }: Subject): Promise<string> => {
  const { cluster, faults } = context;
  const [replica] = await replicasOf(context, name);
  if (replica === undefined) throw new InconclusiveError(`${label} has no replica`);
  const node = replica.spec.nodeID;
  // Longhorn refuses to evict one that can be scheduled.
  const patch = (allowScheduling: boolean) => ({
    spec: { allowScheduling, evictionRequested: !allowScheduling },
  });
  await faults.inject(
    patchedObject.on(cluster, {
      ...{ resource: longhornResources.nodes, namespace, name: node },
      ...{ title: `node ${node} is to lose its replicas`, before: patch(true), after: patch(false) },
    }),
  );
  return node;
};

/** Waits until a volume has a replica on another node, and then none on this one. Returns the other node's name. */
export const untilEvicted = async (
  { cluster, scenarioSignal: signal, timeouts }: Context,
  { name: volume, label }: Subject,
  node: string,
): Promise<string> => {
  const labelSelector = volumeSelector(volume);
  await using replicas = await follow<VolumeReplica>(cluster, longhornResources.replicas, {
    ...{ namespace, labelSelector, signal },
  });
  const isElsewhere = ({ spec }: VolumeReplica): boolean => spec.nodeID !== '' && spec.nodeID !== node;
  const describe = ({ spec }: VolumeReplica): string => `on ${spec.nodeID || 'no node'}`;
  const { spec } = await waitUntil(replicas, isElsewhere, {
    ...{ label: `${label} has a replica on another node than ${node}`, describe, ...timeouts.evicted },
  });
  for (const { metadata } of replicas.objects().filter((each) => !isElsewhere(each)))
    await waitUntilGone(replicas, {
      ...{ name: metadata.name, label: `the replica of ${label} on ${node} is gone`, describe },
      ...timeouts.evicted,
    });
  return spec.nodeID;
};
