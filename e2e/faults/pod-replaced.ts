import { z } from 'zod';
import { once } from '../history/expectation.ts';
import { follow } from '../history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../kube/cluster.ts';

const schema = z.object({ namespace: z.string(), uid: z.string(), selector: z.string(), node: z.string() });

/** A pod that was killed, by its uid; its successor has the labels of `selector` and runs on `node`. */
export type KilledPod = z.infer<typeof schema>;

type Pod = KubernetesObject & {
  spec?: { nodeName?: string };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
};

/** Waits until the successor of a killed pod is ready: before, whoever works with it meets a part that is missing. */
export const podReplaced = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { namespace, uid, selector, node } = schema.parse(data);
  const pods = await follow<Pod>(cluster, resources.pods, { namespace, labelSelector: selector });
  try {
    const next = await once(pods, (pod) => pod.metadata.uid !== uid && pod.spec?.nodeName === node && isReady(pod), {
      label: `the pod that replaces the killed one on ${node} (${selector}) is ready`,
      within: '3m',
      owner: 'heal of a killed pod: 2 s were seen, and a pod that has to wait for its image or an election takes longer',
      describe: ({ metadata, spec, status }) =>
        `${metadata.name} on ${spec?.nodeName ?? 'no node yet'}, ${status?.phase ?? 'no phase yet'}`,
    });
    return `${next.metadata.name} runs in its place`;
  } finally {
    await pods.stop();
  }
};

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
