import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { type Access as ApiAccess, accessOf } from '../../e2e/kube/access.ts';
import {
  ApiError,
  type Cluster,
  connect,
  type KubernetesObject,
  type Resource,
} from '../../e2e/kube/cluster.ts';
import { describeResource } from '../../e2e/kube/resources.ts';
import { end, listen } from './serving.ts';
import { type Change, createObjects } from './stub-objects.ts';

/** The request of an access review. */
type Access = { verb: string; resource: string; group?: string; namespace?: string };

/** A test's own answer to a request, also to a list or a watch. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

type StubOptions = {
  /** The UID of its namespace kube-system. */
  uid?: string;
  /** Answers all requests instead of the stub. */
  answer?: Answer;
  /** Answers the requests in this order. Later requests hang. */
  script?: Answer[];
  /** The user of its kubeconfig. */
  user?: object;
};

export type StubServer = Awaited<ReturnType<typeof startStubServer>>;

const kindOf = (method: string, { pathname }: URL): string => {
  const { group = '', resource: plural = '' }: Partial<ApiAccess> = accessOf(method, pathname) ?? {};
  return describeResource({ group, plural, version: '' });
};

const lineOf = ({ type, object }: Change): string => `${JSON.stringify({ type, object })}\n`;

/** Starts such a server that ends with the test. */
export const startStubServer = async (options?: StubOptions) => {
  const server = await serveStub(options);
  onTestFinished(server.stop);
  return server;
};

/**
 * Starts a server on loopback with the part of Kubernetes' API that providers and baselines use: versions, lists,
 * watches, creations, merge patches, deletions. It has the namespace kube-system.
 */
export const serveStub = async ({
  uid = 'uid',
  script,
  answer = script && ((...what) => script.shift()?.(...what)),
  user = {},
}: StubOptions = {}) => {
  const objects = createObjects({ namespaces: [{ metadata: { name: 'kube-system', uid } }] });
  const denied: Access[] = [];
  const requests: string[] = [];
  const urls: URL[] = [];
  let fixed: Answer | undefined = answer;

  const watch = (kind: string, since: number, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const send = (change: Change) => change.kind === kind && response.write(lineOf(change));
    // Includes changes between the list and this request.
    objects.since(since).forEach(send);
    response.on('close', objects.onChange(send));
  };
  const found = (url: URL, method: string, body: string): [status: number, answer: object] => {
    if (url.pathname === '/version') return [200, { gitVersion: 'v1.36.1' }];
    const { resource = '', name, namespace }: Partial<ApiAccess> = accessOf(method, url.pathname) ?? {};
    const kind = kindOf(method, url);
    if (resource === 'selfsubjectaccessreviews') {
      const { verb, resource: what }: Access = JSON.parse(body).spec.resourceAttributes;
      const isDenied = denied.some((each) => each.verb === verb && each.resource === what);
      return [201, { status: { allowed: !isDenied } }];
    }
    if (method === 'POST') return [201, objects.create(kind, JSON.parse(body))];
    if (name === undefined) {
      const narrowed = { namespace, ...Object.fromEntries(url.searchParams) };
      const { items, resourceVersion } = objects.list(kind, narrowed);
      return [200, { items, metadata: { resourceVersion } }];
    }
    if (method === 'PATCH') return [200, objects.patch(kind, { namespace, name }, JSON.parse(body))];
    if (method === 'DELETE') return [200, objects.delete(kind, { namespace, name })];
    return [200, objects.get(kind, { namespace, name })];
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const { method = '' } = request;
    const url = new URL(request.url ?? '/', 'http://server');
    requests.push(`${method} ${url.pathname}`);
    urls.push(url);
    // For scenarios, which run in another process.
    const [, status] = /^\/stub\/answer\/(\d+)$/.exec(url.pathname) ?? [];
    if (status !== undefined) fixed = (to) => to.writeHead(Number(status)).end();
    if (fixed !== undefined) return fixed(response, request);
    const json = { 'content-type': 'application/json' };
    try {
      const kind = kindOf(method, url);
      if (url.searchParams.get('watch') === 'true' && objects.serves(kind))
        return watch(kind, Number(url.searchParams.get('resourceVersion')), response);
      const [code, body] = found(url, method, Buffer.concat(await request.toArray()).toString());
      return response.writeHead(code, json).end(JSON.stringify(body));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status: code, reason, message } = error;
      return response.writeHead(code, json).end(JSON.stringify({ kind: 'Status', reason, message }));
    }
  };

  const server = createServer((request, response) => void respond(request, response));
  // Otherwise the server may close an idle connection just when a client reuses it.
  server.keepAliveTimeout = 0;
  const url = `http://127.0.0.1:${await listen(server)}`;
  const folder = await mkdtemp(join(tmpdir(), 'corral-stub-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'stub', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'stub', user }],
    contexts: [{ name: 'stub', context: { cluster: 'stub', user: 'stub' } }],
    'current-context': 'stub',
  };
  await writeFile(kubeconfig, stringify(config));
  return {
    url,
    /** Its only context is `stub`. */
    kubeconfig,
    connect: (options: Pick<Parameters<typeof connect>[0], 'permit' | 'health'> = {}): Cluster =>
      connect({ kubeconfig, ...options }),
    put: (resource: Resource, ...added: KubernetesObject[]) =>
      objects.put(describeResource(resource), ...added),
    /** Removes an object at once. */
    remove: (resource: Resource, name: string) => void objects.remove(describeResource(resource), { name }),
    /** From now on answers every request with this status. Undefined: as usual. */
    answer: (status: number | undefined, body = '') => {
      fixed = status === undefined ? undefined : (response) => response.writeHead(status).end(body);
    },
    hangUp: () => server.closeAllConnections(),
    /** Resolves after this number of further requests. */
    untilRequests: async (count: number) => {
      const wanted = requests.length + count;
      while (requests.length < wanted) await once(server, 'request');
    },
    /** Handles requests for another protocol than HTTP. */
    onUpgrade: (listener: (request: IncomingMessage, socket: Duplex) => void) =>
      void server.on('upgrade', listener),
    /** Denies this access in access reviews. */
    deny: (access: Access) => void denied.push(access),
    /** The requests so far: method and path, and the URLs with their queries. */
    ...{ requests: requests as readonly string[], urls: urls as readonly URL[] },
    /** Ends the server. The kubeconfig stays. */
    goDown: () => end(server),
    stop: async () => {
      await end(server);
      await rm(folder, { recursive: true });
    },
  };
};
