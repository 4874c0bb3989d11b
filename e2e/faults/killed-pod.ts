import { type Cluster, type KubernetesObject, resources } from '../kube/cluster.ts';
import type { Fault } from './fault.ts';
import type { KilledPod } from './pod-replaced.ts';

/**
 * The fault that a pod is killed, without grace: its processes get no time to end. Its controller makes another, so nothing is to be undone;
 * healed means that the other one is ready.
 */
export const killedPod = (
  cluster: Cluster,
  {
    title,
    pod,
    selector,
    node,
  }: { title: string; pod: { namespace: string; name: string; uid: string } } & Pick<KilledPod, 'selector' | 'node'>,
): Fault => {
  const { namespace, name, uid } = pod;
  return {
    kind: 'killed-pod',
    title,
    data: { namespace, uid, selector, node } satisfies KilledPod,
    // By its uid: one that took its name meanwhile is not meant.
    inject: () => cluster.delete(resources.pods, { namespace, name }, { gracePeriodSeconds: 0, uid }),
    prove: async () => {
      const { items } = await cluster.list<KubernetesObject>(resources.pods, { namespace, labelSelector: selector });
      if (items.some(({ metadata }) => metadata.uid === uid))
        throw new Error(`${name} was not killed: a pod with its uid ${uid} is still there`);
      return `no pod has the uid ${uid} of ${name} any more`;
    },
  };
};
