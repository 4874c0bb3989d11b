import { z } from 'zod';
import { waitUntil } from '../history/expectation.ts';
import { describePod } from '../history/pod-states.ts';
import { follow } from '../history/watch.ts';
import { type Cluster, resources } from '../kube/cluster.ts';
import { isConditionTrue } from '../kube/objects.ts';
import { isReadyToStay, type Pod } from '../kube/pods.ts';
import { engineImageLabel, instanceManagerLabel, managerLabel } from '../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../longhorn/resources.ts';
import type { Node } from '../longhorn/types.ts';

/** The data of a fault that stops a node: the node, the time before, and the pods of Longhorn that it had. */
export const returningNodeSchema = z.object({
  node: z.string(),
  since: z.number(),
  selectors: z.array(z.string()),
});

/** A node that a fault stops, and that is to have the same pods of Longhorn afterwards. `since` is in ms. */
export type ReturningNode = z.infer<typeof returningNodeSchema>;

const limit = {
  within: '10m',
  owner:
    'heal of a node: the kubelet starts its pods again within seconds, Longhorn takes a minute for its own, and a busy machine several',
} as const;

const onNode = (node: string, labelSelector: string) => ({
  namespace,
  labelSelector,
  fieldSelector: `spec.nodeName=${node}`,
});

// The state of a pod may be from before the fault, as nobody reported its end.
const isStartedSince = ({ status }: Pod, since: number): boolean =>
  status?.containerStatuses?.every(
    ({ state }) => Date.parse(state?.running?.startedAt ?? '') >= Math.floor(since / 1000) * 1000,
  ) === true;

/** Notes what Longhorn has on a node, before a fault stops it. The emulator has managers alone. */
export const noteNode = async (cluster: Cluster, node: string): Promise<ReturningNode> => {
  const selectors: string[] = [];
  for (const selector of [managerLabel, instanceManagerLabel, engineImageLabel]) {
    const { items } = await cluster.list(resources.pods, onNode(node, selector));
    if (items.length > 0) selectors.push(selector);
  }
  return { node, since: Date.now(), selectors };
};

/** Waits until Longhorn's pods on the node were started since the fault and are ready, and Longhorn can use the node. */
export const untilReturned = async (
  cluster: Cluster,
  { node, since, selectors }: ReturningNode,
): Promise<string> => {
  for (const selector of selectors) {
    await using pods = await follow<Pod>(cluster, resources.pods, onNode(node, selector));
    await waitUntil(pods, (pod) => isReadyToStay(pod) && isStartedSince(pod, since), {
      label: `a pod of Longhorn on ${node} (${selector}) was started again, and is ready`,
      describe: describePod,
      ...limit,
    });
  }
  await using nodes = await follow<Node>(cluster, longhornResources.nodes, { namespace });
  await waitUntil(nodes, (each) => isConditionTrue(each, 'Ready'), {
    name: node,
    label: `Longhorn can use ${node} again`,
    ...limit,
  });
  return `Longhorn is ready on ${node} again`;
};
