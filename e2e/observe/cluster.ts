import { createExec, type ExecOptions, type ExecResult, type PodTarget } from './exec.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { createRequest, query, type RequestOptions, type SendRequest, throwUnlessOk } from './request.ts';
import { pathOf } from './resources.ts';

export { ApiError, ExecError } from './errors.ts';
export type { PodTarget } from './exec.ts';
export type { KubernetesObject, Resource } from './objects.ts';
export { resources } from './resources.ts';

/** One object of a collection. */
type Named = { namespace?: string; name: string };

/** A Kubernetes API server, reached as one user. */
export type Cluster = {
  /** The server's URL. */
  readonly server: string;
  /** The kubeconfig context in use. */
  readonly context: string;
  get<T = KubernetesObject>(resource: Resource, object: Named): Promise<T>;
  list<T = KubernetesObject>(
    resource: Resource,
    options?: { namespace?: string; labelSelector?: string; fieldSelector?: string; signal?: AbortSignal },
  ): Promise<{ items: T[]; resourceVersion: string }>;
  /** The namespace is that of `object.metadata`. */
  create<T = KubernetesObject>(resource: Resource, object: object): Promise<T>;
  patch<T = KubernetesObject>(resource: Resource, object: Named, mergePatch: object, options?: { subresource?: 'status' }): Promise<T>;
  /** Server-side apply that takes over the fields of other managers. */
  apply<T = KubernetesObject>(object: KubernetesObject, options: { resource: Resource; fieldManager?: string }): Promise<T>;
  /** Returns when the server has accepted the deletion, which may be long before the object is gone; an ApiError 404 when it is not there. */
  delete(
    resource: Resource,
    object: Named,
    options?: { gracePeriodSeconds?: number; uid?: string; propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' },
  ): Promise<void>;
  logs(pod: PodTarget, options?: { sinceTime?: string; tailLines?: number; previous?: boolean }): Promise<string>;
  /** Never throws for a non-zero exit code; throws ExecError when the stream broke. */
  exec(pod: PodTarget, command: string[], options?: ExecOptions): Promise<ExecResult>;
  /** Any request, any answer: a status that is no success is not an error here. */
  request: SendRequest;
  /** The server's gitVersion. */
  version(): Promise<string>;
};

// Longer than any answer of a healthy server takes, shorter than any wait of a scenario.
const answerTimeout = 30_000;

/** Opens a cluster by an explicit kubeconfig file and, where given, an explicit context; nothing is sent yet. */
export const connect = (options: { kubeconfig: string; context?: string }): Cluster => {
  const { config, server, context } = loadKubeconfig(options);
  const request = createRequest(config, server);

  const send = async (path: string, init: RequestOptions = {}): Promise<string> => {
    const what = `${init.method ?? 'GET'} ${path} at ${server}`;
    const late = AbortSignal.timeout(answerTimeout);
    try {
      const response = await throwUnlessOk(
        await request(path, { ...init, signal: init.signal ? AbortSignal.any([init.signal, late]) : late }),
        what,
      );
      return await response.text();
    } catch (error) {
      if (late.aborted) throw new Error(`${what}: the API server did not answer within ${answerTimeout / 1000} s`, { cause: error });
      throw error;
    }
  };
  const call = async <T>(path: string, init?: RequestOptions): Promise<T> => JSON.parse(await send(path, init));
  const write = <T>(method: string, path: string, body: object, type = 'application/json'): Promise<T> =>
    call<T>(path, { method, headers: { 'content-type': type }, body: JSON.stringify(body) });

  return {
    server,
    context,
    request,
    exec: createExec(config),
    get: (resource, object) => call(pathOf(resource, object)),
    list: async <T>(resource: Resource, { namespace, signal, ...selectors }: { namespace?: string; signal?: AbortSignal } = {}) => {
      const path = pathOf(resource, { namespace }) + query(selectors);
      const list = await call<{ items: T[] | null; metadata: { resourceVersion: string } }>(path, { ...(signal && { signal }) });
      return { items: list.items ?? [], resourceVersion: list.metadata.resourceVersion };
    },
    create: (resource, object) => write('POST', pathOf(resource, { namespace: (object as KubernetesObject).metadata.namespace }), object),
    patch: (resource, object, mergePatch, { subresource } = {}) =>
      write('PATCH', pathOf(resource, object) + (subresource ? `/${subresource}` : ''), mergePatch, 'application/merge-patch+json'),
    apply: (object, { resource, fieldManager = 'corral' }) =>
      write('PATCH', pathOf(resource, object.metadata) + query({ fieldManager, force: true }), object, 'application/apply-patch+yaml'),
    delete: async (resource, object, { uid, ...rest } = {}) => {
      await write('DELETE', pathOf(resource, object), {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...rest,
        ...(uid && { preconditions: { uid } }),
      });
    },
    logs: ({ namespace, name, container }, logOptions = {}) =>
      send(`/api/v1/namespaces/${namespace}/pods/${name}/log${query({ container, ...logOptions })}`),
    version: async () => (await call<{ gitVersion: string }>('/version')).gitVersion,
  };
};
