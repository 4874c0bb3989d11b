import { type Permit, permittedExec, permittedForward, permittedRequest } from './access.ts';
import { NoAnswer } from './errors.ts';
import { createExec, type ExecOptions, type ExecResult, type PodTarget } from './exec.ts';
import type { Health } from './health.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { createForward, type ForwardSocket } from './port-forward.ts';
import { registerObjectSecrets } from './redact/register.ts';
import {
  createRequest,
  queryString,
  type RequestOptions,
  type SendRequest,
  throwUnlessOk,
} from './request.ts';
import { pathOf } from './resources.ts';
import {
  execWithRetries,
  type Resend,
  resendCreation,
  resendDeletion,
  resendPatch,
  resendRead,
  sendWithRetries,
  watchedRequest,
} from './retry.ts';
import { createShells } from './shells.ts';
import { awaitCluster } from './time-account.ts';

export { ApiError, BrokenStream, unlessGone } from './errors.ts';
export type { PodTarget } from './exec.ts';
export type { KubernetesObject, Resource } from './objects.ts';
export { resources } from './resources.ts';

/** The name of one object of a collection. */
type Named = { namespace?: string; name: string };

type ConnectOptions = { kubeconfig: string; context?: string; permit?: Permit; health?: Health };

/** Makes a server-side dry run of a write. Nothing is stored. */
type DryRunOption = { dryRun?: true };

type Written = { body: object; type?: string; resend: Resend<string> };

/** A Kubernetes API server, accessed as one user. */
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
  /** Creates the object in the namespace of `object.metadata`. `dryRun`: returns what would be stored. */
  create<T = KubernetesObject>(resource: Resource, object: object, options?: DryRunOption): Promise<T>;
  patch<T = KubernetesObject>(
    resource: Resource,
    object: Named,
    mergePatch: object,
    options?: DryRunOption & { subresource?: 'status' },
  ): Promise<T>;
  /** Server-side apply. It takes over fields of other managers. */
  apply<T = KubernetesObject>(
    object: KubernetesObject,
    options: { resource: Resource; fieldManager?: string },
  ): Promise<T>;
  /**
   * Returns when the server has accepted the deletion. The object may exist for a long time after that. Throws
   * ApiError 404 if it does not exist.
   */
  delete(
    resource: Resource,
    object: Named,
    options?: DryRunOption & {
      gracePeriodSeconds?: number;
      uid?: string;
      propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
    },
  ): Promise<void>;
  logs(
    pod: PodTarget,
    options?: { sinceTime?: string; tailLines?: number; previous?: boolean; timestamps?: boolean },
  ): Promise<string>;
  /** Runs a command in a container. Does not throw for a non-zero exit code. Throws ExecError if the stream broke. */
  exec(pod: PodTarget, command: string[], options?: ExecOptions): Promise<ExecResult>;
  /**
   * Runs a bash script with arguments. It must end by itself and be safe to run twice. Its output is complete, unlike
   * that of `exec`. The bash stays in the container for a few seconds and is reused.
   */
  script(pod: PodTarget, script: string, ...args: string[]): Promise<ExecResult>;
  /** Connects a stream of this process to a port of a pod. */
  forward: ForwardSocket;
  /** Sends any request. An HTTP error status is not thrown. */
  request: SendRequest;
  /** The server's gitVersion. */
  version(): Promise<string>;
};

// In ms. Longer than any response of a healthy server, shorter than any wait of a scenario.
const answerTimeout = 30_000;

/**
 * Opens a cluster with a kubeconfig file and an optional context. It sends nothing yet. `permit` checks each request
 * before it is sent; the default allows all. With `health`, requests are repeated while the server is in trouble, and
 * outages are recorded. Without it, the first error is thrown.
 */
export const connect = ({ permit = () => {}, health, ...options }: ConnectOptions): Cluster => {
  const { config, server, context } = loadKubeconfig(options);
  const request = permittedRequest(createRequest(config, server), permit);
  const exec = permittedExec(
    createExec(config, (time) => health?.took(time)),
    permit,
  );
  const runScript = createShells(exec);
  const forward = permittedForward(createForward(config), permit);

  const send = (path: string, init: RequestOptions = {}, resend = resendRead): Promise<string> =>
    awaitCluster(() =>
      health === undefined
        ? sendNow(path, init)
        : sendWithRetries(() => sendNow(path, init), { health, resend }),
    );
  const sendNow = async (path: string, init: RequestOptions): Promise<string> => {
    const what = `${init.method ?? 'GET'} ${path} at ${server}`;
    const late = AbortSignal.timeout(answerTimeout);
    const since = performance.now();
    try {
      const response = await throwUnlessOk(
        await request(path, { ...init, signal: init.signal ? AbortSignal.any([init.signal, late]) : late }),
        what,
      );
      const text = await response.text();
      health?.took(performance.now() - since);
      return text;
    } catch (error) {
      if (late.aborted)
        throw new NoAnswer(`${what}: the API server did not answer within ${answerTimeout / 1000} s`, {
          cause: error,
        });
      throw error;
    }
  };
  const call = async <T>(path: string, init?: RequestOptions, resend?: Resend<string>): Promise<T> => {
    const answer = JSON.parse(await send(path, init, resend));
    registerObjectSecrets(answer);
    return answer;
  };
  const write = <T>(
    method: string,
    path: string,
    { body, type = 'application/json', resend }: Written,
  ): Promise<T> =>
    call<T>(path, { method, headers: { 'content-type': type }, body: JSON.stringify(body) }, resend);

  return {
    server,
    context,
    request: (...what) => awaitCluster(() => watchedRequest(request, health)(...what)),
    exec: (...command) => awaitCluster(() => execWithRetries(exec, health)(...command)),
    script: (...script) => awaitCluster(() => execWithRetries(runScript, health)(...script)),
    forward,
    get: (resource, object) => call(pathOf(resource, object)),
    list: async <T>(
      resource: Resource,
      { namespace, signal, ...selectors }: { namespace?: string; signal?: AbortSignal } = {},
    ) => {
      const path = pathOf(resource, { namespace }) + queryString(selectors);
      const list = await call<{ items: T[] | null; metadata: { resourceVersion: string } }>(path, {
        ...(signal && { signal }),
      });
      return { items: list.items ?? [], resourceVersion: list.metadata.resourceVersion };
    },
    create: (resource, object, { dryRun } = {}) => {
      const { namespace } = (object as KubernetesObject).metadata;
      const resend = resendCreation(object, (name) => send(pathOf(resource, { namespace, name })));
      const path = pathOf(resource, { namespace }) + queryString({ dryRun: dryRun && 'All' });
      return write('POST', path, { body: object, resend });
    },
    patch: (resource, object, body, { subresource, dryRun } = {}) => {
      const type = 'application/merge-patch+json';
      const path = pathOf(resource, object) + (subresource ? `/${subresource}` : '');
      const resend = resendPatch(body);
      return write('PATCH', path + queryString({ dryRun: dryRun && 'All' }), { body, type, resend });
    },
    apply: (body, { resource, fieldManager = 'corral' }) => {
      const path = pathOf(resource, body.metadata) + queryString({ fieldManager, force: true });
      return write('PATCH', path, { body, type: 'application/apply-patch+yaml', resend: resendPatch(body) });
    },
    delete: async (resource, object, { uid, dryRun, ...rest } = {}) => {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...rest,
        ...(dryRun && { dryRun: ['All'] }),
        ...(uid && { preconditions: { uid } }),
      };
      await write('DELETE', pathOf(resource, object), { body, resend: resendDeletion });
    },
    logs: ({ namespace, name, container }, logOptions = {}) =>
      send(`/api/v1/namespaces/${namespace}/pods/${name}/log${queryString({ container, ...logOptions })}`),
    version: async () => (await call<{ gitVersion: string }>('/version')).gitVersion,
  };
};
