import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { waitUntil } from '../../history/expectation.ts';
import { follow } from '../../history/watch.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { ExecError } from '../../kube/errors.ts';
import type { KubernetesObject } from '../../kube/objects.ts';
import { isReadyToStay, type Pod } from '../../kube/pods.ts';
import { pathOf, resources } from '../../kube/resources.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';

type ServicePort = { port: number; targetPort?: number | string };

type Service = KubernetesObject & { spec?: { selector?: Record<string, string>; ports?: ServicePort[] } };

/** A Service that is reachable from this machine. */
export type ServiceForward = {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The pod of the last connection. Undefined before the first. */
  pod(): string | undefined;
  /** The number of bytes that all connections have received so far. */
  carried(): number;
  /** The error of the last connection that failed. Undefined if none has. */
  error(): Error | undefined;
};

// The time in which a container may become ready again after a kill. A browser waits longer.
const patience = {
  within: '30s',
  owner: 'the forward to a service: one of its pods gets ready again',
} as const;

/**
 * Listens on a free port of 127.0.0.1 until the signal aborts. Forwards each connection to a ready pod of the
 * service, always to the same pod while it is ready. A connection ends with its pod.
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
  let lastError: Error | undefined;

  const choose = async (refused: ReadonlySet<string>): Promise<Pod> => {
    const isFit = (pod: Pod): boolean => isReadyToStay(pod) && !refused.has(pod.metadata.uid ?? '');
    const same = last === undefined ? undefined : pods.current(last);
    return same !== undefined && isFit(same)
      ? same
      : waitUntil(pods, isFit, { label: `a pod of service ${name} is ready`, ...patience });
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
        lastError = error as Error;
        if (!(error instanceof ExecError)) throw error;
        // The watch may not have reported yet that the pod is gone.
        refused.add(pod.metadata.uid ?? '');
      }
    }
  };

  const sockets = new Set<Socket>();
  let carriedBefore = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    // The event 'close' follows an error.
    socket
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(socket);
        carriedBefore += socket.bytesWritten;
      });
    serve(socket).catch(() => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
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
    error: () => lastError,
  };
};

/** Forwards to Longhorn's user interface, which also serves Longhorn's API. */
export const forwardFrontend = (cluster: Cluster, signal: AbortSignal): Promise<ServiceForward> =>
  forwardService(cluster, { namespace: longhornNamespace, name: 'longhorn-frontend', signal });

// A named port may have another number in each pod.
const portOf = ({ metadata, spec }: Pod, { port, targetPort = port }: ServicePort): number => {
  if (typeof targetPort === 'number') return targetPort;
  const found = spec?.containers?.flatMap(({ ports = [] }) => ports).find((each) => each.name === targetPort);
  if (found === undefined) throw new Error(`pod ${metadata.name} has no port ${targetPort}`);
  return found.containerPort;
};
