import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Cluster,
  connect,
  type KubernetesObject,
  type Resource,
  resources,
} from '../../e2e/kube/cluster.ts';
import { pathOf } from '../../e2e/kube/resources.ts';
import { end, kubeconfigOf, listen } from './serving.ts';

/** What is asked of a review of access. */
type Access = { verb: string; resource: string; group?: string; namespace?: string };

/**
 * A server that speaks as much of Kubernetes' API as a provider and a baseline ask for: versions, lists,
 * watches, creations, merge patches, deletions.
 */
export type StubServer = {
  url: string;
  /** A kubeconfig whose only context is `stub`. */
  kubeconfig: string;
  /** A client of it. */
  connect(options?: Pick<Parameters<typeof connect>[0], 'permit'>): Cluster;
  put(resource: Resource, ...objects: KubernetesObject[]): void;
  /** Removes an object at once. */
  remove(resource: Resource, name: string): void;
  /** Answers every request from now on like this; undefined: as usual. */
  answer(status: number | undefined, body?: string): void;
  /** Answers nothing any more. */
  fallSilent(): void;
  /** Breaks all connections. */
  hangUp(): void;
  /** Resolves when so many more requests have come. */
  untilAsked(count: number): Promise<void>;
  /** Takes what wants to be another protocol than HTTP. */
  onUpgrade(listener: (request: IncomingMessage, socket: Duplex) => void): void;
  /** Says no to whoever asks whether it may. */
  deny(access: Access): void;
  /** Paths that were asked for, with the method. */
  asked: readonly string[];
  stop(): Promise<void>;
};

type Watcher = { collection: string; response: ServerResponse };

const readBody = async (request: IncomingMessage): Promise<string> =>
  Buffer.concat(await request.toArray()).toString();

const merged = (object: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const entries = Object.entries(patch).map(([key, value]) => [
    key,
    merged((object as Record<string, unknown>)?.[key], value),
  ]);
  return { ...(object as object), ...Object.fromEntries(entries) };
};

/** Starts one on loopback, with the namespace kube-system in it. */
export const startStubServer = async ({ uid }: { uid: string }): Promise<StubServer> => {
  const collections = new Map<string, Map<string, KubernetesObject>>();
  const watchers = new Set<Watcher>();
  const happened: { collection: string; version: number; line: string }[] = [];
  const denied: Access[] = [];
  const asked: string[] = [];
  let fixed: { status: number; body: string } | undefined;
  let silent = false;
  let version = 1;

  const tell = (collection: string, type: string, object: KubernetesObject): void => {
    happened.push({ collection, version, line: `${JSON.stringify({ type, object })}\n` });
    for (const watcher of watchers)
      if (watcher.collection === collection) watcher.response.write(happened.at(-1)?.line);
  };
  const store = (collection: string, object: KubernetesObject): KubernetesObject => {
    version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const all = collections.get(collection) ?? new Map();
    tell(collection, all.has(object.metadata.name) ? 'MODIFIED' : 'ADDED', stored);
    collections.set(collection, all.set(object.metadata.name, stored));
    return stored;
  };
  const drop = (collection: string, name: string): void => {
    const object = collections.get(collection)?.get(name);
    if (object === undefined) return;
    version += 1;
    collections.get(collection)?.delete(name);
    tell(collection, 'DELETED', {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(version) },
    });
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub');
    asked.push(`${request.method} ${pathname}`);
    const send = (status: number, body: unknown): void => {
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    if (silent) return;
    // For a scenario, which is in another process.
    if (pathname.startsWith('/stub/answer/'))
      fixed = { status: Number(pathname.slice('/stub/answer/'.length)), body: '' };
    if (fixed !== undefined) return send(fixed.status, fixed.body);
    if (pathname === '/version') return send(200, { gitVersion: 'v1.36.1' });
    if (pathname.endsWith('/selfsubjectaccessreviews')) {
      const { spec } = JSON.parse(await readBody(request)) as { spec: { resourceAttributes: Access } };
      const isDenied = ({ verb, resource }: Access) =>
        verb === spec.resourceAttributes.verb && resource === spec.resourceAttributes.resource;
      return send(201, { status: { allowed: !denied.some(isDenied) } });
    }
    const found = collections.get(pathname);
    if (found !== undefined && searchParams.get('watch') === 'true') {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      // Also what happened since the list, before this came: on a busy machine that may be a while.
      const since = Number(searchParams.get('resourceVersion'));
      for (const each of happened)
        if (each.collection === pathname && each.version > since) response.write(each.line);
      const watcher = { collection: pathname, response };
      watchers.add(watcher);
      response.on('close', () => watchers.delete(watcher));
      return;
    }
    if (found !== undefined && request.method === 'POST') {
      const made = JSON.parse(await readBody(request)) as KubernetesObject;
      if (found.has(made.metadata.name))
        return send(409, {
          kind: 'Status',
          reason: 'AlreadyExists',
          message: `there is ${made.metadata.name}`,
        });
      return send(201, store(pathname, { ...made, metadata: { ...made.metadata, uid: `uid-${version}` } }));
    }
    if (found !== undefined)
      return send(200, { items: [...found.values()], metadata: { resourceVersion: String(version) } });
    const [collection, name = ''] = [
      pathname.slice(0, pathname.lastIndexOf('/')),
      pathname.split('/').at(-1),
    ];
    const object = collections.get(collection)?.get(name);
    if (object === undefined)
      return send(404, { kind: 'Status', reason: 'NotFound', message: `there is no ${pathname}` });
    if (request.method === 'PATCH')
      return send(
        200,
        store(collection, merged(object, JSON.parse(await readBody(request))) as KubernetesObject),
      );
    if (request.method === 'DELETE') {
      const isHeld = (object.metadata.finalizers ?? []).length > 0;
      if (isHeld)
        store(collection, {
          ...object,
          metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
        });
      else drop(collection, name);
    }
    return send(200, object);
  };

  const server = createServer((request, response) => void respond(request, response));
  const url = `http://127.0.0.1:${await listen(server)}`;
  const { kubeconfig, remove } = await kubeconfigOf(url);
  const namespaceOf = ({ group, plural }: Resource): string | undefined =>
    group === 'longhorn.io' || plural === 'pods' || plural === 'services'
      ? 'longhorn-system'
      : plural === 'deployments'
        ? 'corral'
        : undefined;
  const collectionOf = (resource: Resource): string => pathOf(resource, { namespace: namespaceOf(resource) });
  const put: StubServer['put'] = (resource, ...objects) => {
    if (!collections.has(collectionOf(resource))) collections.set(collectionOf(resource), new Map());
    for (const object of objects) store(collectionOf(resource), object);
  };
  put(resources.namespaces, { metadata: { name: 'kube-system', uid } });
  return {
    url,
    kubeconfig,
    connect: (options = {}) => connect({ kubeconfig, ...options }),
    put,
    remove: (resource, name) => drop(collectionOf(resource), name),
    answer: (status, body = '') => {
      fixed = status === undefined ? undefined : { status, body };
    },
    fallSilent: () => {
      silent = true;
    },
    hangUp: () => server.closeAllConnections(),
    untilAsked: async (count) => {
      const wanted = asked.length + count;
      while (asked.length < wanted) await once(server, 'request');
    },
    onUpgrade: (listener) => void server.on('upgrade', listener),
    deny: (access) => void denied.push(access),
    asked,
    stop: async () => {
      await end(server);
      await remove();
    },
  };
};
