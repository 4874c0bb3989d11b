import { z } from 'zod';
import { waitUntil } from '../history/expectation.ts';
import { follow } from '../history/watch.ts';
import type { Cluster } from '../kube/cluster.ts';
import { lossOf } from '../kube/objects.ts';
import { longhornResources, longhornNamespace as namespace } from '../longhorn/resources.ts';
import type { InstanceManager } from '../longhorn/types.ts';
import type { Fault, FaultKind } from './fault.ts';

const schema = z.object({ node: z.string(), uid: z.string() });

/** The node of an InstanceManager that was deleted, and its uid. The next one may have its name. */
type DeletedManager = z.infer<typeof schema>;

const selected = { namespace, labelSelector: 'longhorn.io/data-engine=v1' };

const on = async (cluster: Cluster, { node }: { node: string }): Promise<Fault> => {
  const { items } = await cluster.list<InstanceManager>(longhornResources.instanceManagers, selected);
  const found = items.find(({ spec }) => spec.nodeID === node);
  const { name = '', uid = '' } = found?.metadata ?? {};
  if (uid === '') throw new Error(`node ${node} has no instance manager that could be deleted`);
  return {
    kind: instanceManagerDeleted,
    title: `the instance manager of ${node} was deleted`,
    data: { node, uid } satisfies DeletedManager,
    inject: () => cluster.delete(longhornResources.instanceManagers, { namespace, name }, { uid }),
    prove: async () => {
      const { items } = await cluster.list<InstanceManager>(longhornResources.instanceManagers, selected);
      const loss = lossOf(items.find(({ metadata }) => metadata.uid === uid));
      if (loss === undefined) throw new Error(`${name} was not deleted: it is there with its uid ${uid}`);
      return `${name} with the uid ${uid} is ${loss}`;
    },
  };
};

const untilBack = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { node, uid } = schema.parse(data);
  await using managers = await follow<InstanceManager>(cluster, longhornResources.instanceManagers, selected);
  const { metadata } = await waitUntil(
    managers,
    ({ metadata, spec, status }) =>
      metadata.uid !== uid && spec.nodeID === node && status?.currentState === 'running',
    {
      label: `an instance manager runs on ${node} in place of the deleted one`,
      within: '5m',
      owner: 'heal of a deleted instance manager: Longhorn removes its pod with its grace, and makes another',
      describe: ({ metadata, status }) => `${metadata.name}: ${status?.currentState ?? 'no state yet'}`,
    },
  );
  return `${metadata.name} runs in its place`;
};

/** The InstanceManager of a node is deleted, as where the node is drained. Longhorn makes another by itself. */
export const instanceManagerDeleted = {
  name: 'instanceManagerDeleted',
  ledgerName: 'deleted-instance-manager',
  disruption: 'manager-kill',
  reach: 'everything',
  on,
  heal: untilBack,
  document: {
    about:
      'The instance manager of a node is deleted, as when the node is drained. This is done only in the lab.',
    inject: 'its InstanceManager is deleted, by its uid, and Longhorn then removes its pod',
    prove: 'no InstanceManager has that uid any more, or it is being deleted',
    heal: 'nothing is to be undone; healed means that another one runs on the node',
    bound: 'Longhorn makes another one by itself',
    otherUsers:
      'all engines and replicas of the node end, whoever uses them (in the [emulator](emulator.md) they go on), and each longhorn-manager loses what it has asked this instance manager for',
    'in scenarios': '`when.proxyOfOwnerDeleted`',
  },
} as const satisfies FaultKind & { on: typeof on };
