import type { Cluster, PodTarget } from '../kube/cluster.ts';
import { BrokenStream } from '../kube/errors.ts';
import { queryString, throwUnlessOk } from '../kube/request.ts';
import { presentObserver } from './observer.ts';

// The timestamp that the kubelet writes before each line on request.
const time = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) /gm;

/**
 * Reads the log of a running container, and returns the whole log when the container has ended. Reading starts early,
 * because the pod may be deleted at the end. `sinceTime` (RFC 3339) omits earlier lines. The container must have
 * started. Throws if the log cannot be read to its end.
 */
export const followLog = async (
  { request, server }: Pick<Cluster, 'request' | 'server'>,
  pod: PodTarget,
  { signal, sinceTime }: { signal: AbortSignal; sinceTime?: string },
): Promise<string> => {
  const { namespace, name, container } = pod;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log${queryString({ container, follow: true, timestamps: true, sinceTime })}`;
  const what = `log of pod ${namespace}/${name} at ${server}`;
  const response = await throwUnlessOk(await request(path, { headers: { accept: '*/*' }, signal }), what);
  try {
    const log = await response.text();
    presentObserver()?.reads(pod, log);
    return log.replace(time, '');
  } catch (error) {
    throw signal.aborted
      ? error
      : new BrokenStream(`${what}: the stream broke: ${(error as Error).message}`, { cause: error });
  }
};
