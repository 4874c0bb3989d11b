import { z } from 'zod';
import { waitUntil } from '../history/expectation.ts';
import { follow } from '../history/watch.ts';
import { type Cluster, type KubernetesObject, type PodTarget, resources } from '../kube/cluster.ts';
import { isReadyToStay, type Pod } from '../kube/pods.ts';
import { instanceManagerLabel, type ManagerPod, managerLabel } from '../longhorn/manager.ts';
import type { Fault, FaultKind } from './fault.ts';

const schema = z.object({ namespace: z.string(), uid: z.string(), selector: z.string(), node: z.string() });

/** A pod that was killed, by its uid. Its replacement has the labels of `selector` and runs on `node`. */
type KilledPod = z.infer<typeof schema>;

const on = (
  cluster: Cluster,
  {
    title,
    pod,
    selector,
    node,
  }: { title: string; pod: { namespace: string; name: string; uid: string } } & Pick<
    KilledPod,
    'selector' | 'node'
  >,
): Fault => {
  const { namespace, name, uid } = pod;
  return {
    kind: killedPod,
    title,
    data: { namespace, uid, selector, node } satisfies KilledPod,
    // The uid protects a replacement pod of the same name.
    inject: () => cluster.delete(resources.pods, { namespace, name }, { gracePeriodSeconds: 0, uid }),
    prove: async () => {
      const { items } = await cluster.list<KubernetesObject>(resources.pods, {
        namespace,
        labelSelector: selector,
      });
      if (items.some(({ metadata }) => metadata.uid === uid))
        throw new Error(`${name} was not killed: a pod with its uid ${uid} is still there`);
      return `no pod has the uid ${uid} of ${name} any more`;
    },
  };
};

// Waits for the replacement, because others on the cluster need a complete set of managers.
const untilReplaced = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { namespace, uid, selector, node } = schema.parse(data);
  await using pods = await follow<Pod>(cluster, resources.pods, { namespace, labelSelector: selector });
  const next = await waitUntil(
    pods,
    (pod) => pod.metadata.uid !== uid && pod.spec?.nodeName === node && isReadyToStay(pod),
    {
      label: `the pod that replaces the killed one on ${node} (${selector}) is ready`,
      within: '3m',
      owner:
        'heal of a killed pod: 2 s were seen, and a pod that has to wait for its image or an election takes longer',
      describe: ({ metadata, spec, status }) =>
        `${metadata.name} on ${spec?.nodeName ?? 'no node yet'}, ${status?.phase ?? 'no phase yet'}`,
    },
  );
  return `${next.metadata.name} runs in its place`;
};

/**
 * A pod is killed with a grace period of 0, so its processes cannot shut down. Its controller creates another. The
 * heal only waits until the replacement is ready.
 * A scenario may wait for its turn while others kill managers. So the reach covers only failures that are decided
 * while the manager is away.
 */
export const killedPod = {
  name: 'killedPod',
  ledgerName: 'killed-pod',
  disruption: 'manager-kill',
  onlyWaits: true,
  reach: 'what its manager owns meanwhile',
  on,
  heal: untilReplaced,
  document: {
    about:
      "A longhorn-manager pod, a pod of Longhorn's CSI plugin, or only in the lab an instance manager pod, is killed without a grace period.",
    inject: 'the pod is deleted with a grace period of 0, by its uid',
    prove: 'no pod with that uid is left',
    heal: 'there is nothing to undo; healed means that its successor is ready',
    bound: 'the DaemonSet creates another pod by itself',
    otherUsers: `users of this manager: their connections to it end (pages, API). Commands that it runs for others end with it and are started again, and their locks stay valid for up to 150 s. Volumes continue, because their engines and replicas are in other pods (in the [emulator](emulator.md) they restart). With an instance manager, all engines and replicas of its node end, whoever uses them`,
    'in scenarios':
      '`when.managerKilled`, `when.ownerKilled`, `when.csiPluginKilled`, `when.uploaderPodKilled`, `when.restorerPodKilled`, `when.followerPodKilled`',
  },
} as const satisfies FaultKind & { on: typeof on };

/** Creates the fault that the longhorn-manager of a node is killed. */
export const managerKilled = (cluster: Cluster, pod: ManagerPod): Fault =>
  on(cluster, {
    title: `the longhorn-manager of ${pod.node} was killed`,
    pod,
    selector: managerLabel,
    node: pod.node,
  });

/** Creates the faults that the pods of Longhorn's CSI plugin were killed, one on each node. None in the emulator. */
export const csiPluginsKilled = async (cluster: Cluster, namespace: string): Promise<Fault[]> => {
  const selector = 'app=longhorn-csi-plugin';
  const { items } = await cluster.list<Pod>(resources.pods, { namespace, labelSelector: selector });
  return items.map(({ metadata: { name, uid = '' }, spec }) => {
    const node = spec?.nodeName ?? '';
    const title = `the CSI plugin of ${node} was killed`;
    return on(cluster, { title, pod: { namespace, name, uid }, selector, node });
  });
};

/**
 * Creates the fault that the pod in which replicas of a node run was killed: its instance manager. In the emulator that is
 * its longhorn-manager.
 */
export const replicaPodKilled = async (
  cluster: Cluster,
  { namespace, name }: PodTarget,
  node: string,
): Promise<Fault> => {
  const fieldSelector = `metadata.name=${name}`;
  const { items } = await cluster.list<KubernetesObject>(resources.pods, { namespace, fieldSelector });
  const [pod] = items.map(({ metadata }) => metadata);
  if (pod?.uid === undefined) throw new Error(`pod ${name} is not there: it cannot be killed`);
  return on(cluster, {
    title: `the pod of the replicas of ${node} was killed`,
    pod: { namespace, name, uid: pod.uid },
    selector: `app=${pod.labels?.app}` === managerLabel ? managerLabel : instanceManagerLabel,
    node,
  });
};
