import type { Fault } from '../../../faults/fault.ts';
import { patchedObject } from '../../../faults/patched-object.ts';
import { waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { type Cluster, resources } from '../../../kube/cluster.ts';
import { isConditionTrue } from '../../../kube/objects.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Node } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';

/** The fault that Kubernetes schedules nothing on a node. */
export const cordonOf = (cluster: Cluster, name: string): Fault =>
  patchedObject.on(cluster, {
    ...{ resource: resources.nodes, name, title: `node ${name} is cordoned` },
    ...{ before: { spec: { unschedulable: null } }, after: { spec: { unschedulable: true } } },
  });

/**
 * Leaves one node to replicas, which is not that of the volume: its node is cordoned in Kubernetes, and Longhorn is told to
 * schedule nothing on the others. Returns the name of the node that is left.
 */
export const leaveOneNode = async (context: Context, { node: cordoned }: VolumeHandle): Promise<string> => {
  const { cluster, faults, timeouts } = context;
  const { items } = await cluster.list<Node>(longhornResources.nodes, { namespace });
  const taking = items
    .filter((each) => each.spec.allowScheduling && isConditionTrue(each, 'Schedulable'))
    .map(({ metadata }) => metadata.name);
  const [left, ...others] = taking.filter((each) => each !== cordoned);
  if (left === undefined || !taking.includes(cordoned))
    throw new InconclusiveError(`replicas can be scheduled on ${taking.join(', ') || 'no node'} alone`);
  await faults.inject(cordonOf(cluster, cordoned));
  for (const name of others)
    await faults.inject(
      patchedObject.on(cluster, {
        ...{ resource: longhornResources.nodes, namespace, name, title: `node ${name} takes no replicas` },
        ...{ before: { spec: { allowScheduling: true } }, after: { spec: { allowScheduling: false } } },
      }),
    );
  await using nodes = await follow<Node>(cluster, longhornResources.nodes, { namespace });
  await waitUntil(nodes, (each) => !isConditionTrue(each, 'Schedulable'), {
    name: cordoned,
    label: `Longhorn says that ${cordoned} cannot be scheduled`,
    ...timeouts.cordonSeen,
  });
  return left;
};
