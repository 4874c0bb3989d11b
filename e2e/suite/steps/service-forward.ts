import { once as onceHappened } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { once } from '../../history/expectation.ts';
import { follow } from '../../history/watch.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { ExecError } from '../../kube/errors.ts';
import { holdsCondition, type KubernetesObject } from '../../kube/objects.ts';
import { pathOf, resources } from '../../kube/resources.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';

type ServicePort = { port: number; targetPort?: number | string };

type Service = KubernetesObject & { spec?: { selector?: Record<string, string>; ports?: ServicePort[] } };

type Pod = KubernetesObject & {
  spec?: { containers?: { ports?: { name?: string; containerPort: number }[] }[] };
  status?: { conditions?: { type: string; status: string }[] };
};

/** A Service, as this machine reaches it. */
export type ServiceForward = {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The pod that the last connection went to; undefined before the first. */
  pod(): string | undefined;
  /** How many bytes have come back by all connections so far. */
  carried(): number;
  /** Why a connection could not be made, the last one that could not. */
  trouble(): Error | undefined;
};

// As long as a pod's container may take to be ready after it was killed; a browser's own patience is longer.
const patience = {
  within: '30s',
  owner: 'the forward to a service: one of its pods gets ready again',
} as const;

/**
 * Listens on a free port of 127.0.0.1 until the signal aborts, and takes each connection to a pod of the
 * service that is ready then: to the same one for as long as it is. One that is under way ends with its pod.
 */
export const forwardService = async (
  cluster: Cluster,
  { namespace, name, signal }: { namespace: string; name: string; signal: AbortSignal },
): Promise<ServiceForward> => {
  const { spec } = await cluster.get<Service>(resources.services, { namespace, name });
  const [servicePort] = spec?.ports ?? [];
  const selector = Object.entries(spec?.selector ?? {}).map((pair) => pair.join('='));
  if (servicePort === undefined || selector.length === 0)
    throw new Error(
      `${pathOf(resources.services, { namespace, name })} leads nowhere: it has no port, or no selector`,
    );
  const pods = await follow<Pod>(cluster, resources.pods, {
    namespace,
    labelSelector: selector.join(','),
    signal,
  });
  let last: string | undefined;
  let trouble: Error | undefined;

  const choose = async (refused: ReadonlySet<string>): Promise<Pod> => {
    const isFit = (pod: Pod): boolean => isReady(pod) && !refused.has(pod.metadata.uid ?? '');
    const same = last === undefined ? undefined : pods.current(last);
    return same !== undefined && isFit(same)
      ? same
      : once(pods, isFit, { label: `a pod of service ${name} is ready`, ...patience });
  };
  const serve = async (socket: Socket): Promise<void> => {
    const refused = new Set<string>();
    while (!socket.destroyed && !signal.aborted) {
      const pod = await choose(refused);
      const port = portOf(pod, servicePort);
      try {
        await cluster.forward({ namespace, name: pod.metadata.name, port }, socket);
        last = pod.metadata.name;
        return;
      } catch (error) {
        trouble = error as Error;
        if (!(error instanceof ExecError)) throw error;
        // The watch may not have heard yet that the pod is gone.
        refused.add(pod.metadata.uid ?? '');
      }
    }
  };

  const sockets = new Set<Socket>();
  let carriedBefore = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    // 'close' follows.
    socket
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(socket);
        carriedBefore += socket.bytesWritten;
      });
    serve(socket).catch(() => socket.destroy());
  });
  await onceHappened(server.listen(0, '127.0.0.1'), 'listening');
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pod: () => last,
    carried: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, carriedBefore),
    trouble: () => trouble,
  };
};

/** The same for Longhorn's user interface, which serves its API as well. */
export const forwardFrontend = (cluster: Cluster, signal: AbortSignal): Promise<ServiceForward> =>
  forwardService(cluster, { namespace: longhornNamespace, name: 'longhorn-frontend', signal });

const isReady = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && holdsCondition(pod, 'Ready');

// Each pod may have another number for a name.
const portOf = ({ metadata, spec }: Pod, { port, targetPort = port }: ServicePort): number => {
  if (typeof targetPort === 'number') return targetPort;
  const found = spec?.containers?.flatMap(({ ports = [] }) => ports).find((each) => each.name === targetPort);
  if (found === undefined) throw new Error(`pod ${metadata.name} has no port ${targetPort}`);
  return found.containerPort;
};
