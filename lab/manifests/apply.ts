import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, connect, type Resource, resources } from '../../e2e/kube/cluster.ts';
import { refusalIn } from '../../e2e/kube/errors.ts';
import { isConditionTrue, type WithConditions } from '../../e2e/kube/objects.ts';
import { queryString } from '../../e2e/kube/request.ts';
import { pathOf } from '../../e2e/kube/resources.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { type Manifest, type ManifestObject, objectsOf } from './read.ts';

const isDefinition = ({ kind, apiVersion }: ManifestObject): boolean =>
  kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');

/** The kind that a definition adds, as `KIND in GROUP`. */
const definedKind = ({ object }: ManifestObject): string => {
  const { group, names } = (object.spec ?? {}) as { group?: string; names?: { kind?: string } };
  return `${names?.kind} in ${group}`;
};

/** Waits with a watch until these definitions are Established. Before that, the server does not know the kinds. */
const definitionsEstablished = async (
  cluster: Cluster,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> => {
  if (names.length === 0) return;
  await using timeline = await follow<WithConditions>(
    cluster,
    resources.customResourceDefinitions,
    signal ? { signal } : {},
  );
  const owner = "the manifests': a definition is Established within a second, on a busy machine later";
  const wait = (name: string) =>
    waitUntil(timeline, (definition) => isConditionTrue(definition, 'Established'), {
      name,
      label: `the definition ${name} is Established`,
      within: '3m',
      owner,
    });
  await Promise.all(names.map(wait));
};

type ResourceList = { resources?: { name: string; kind: string; namespaced: boolean }[] };

/** Returns the resource of a kind of object, undefined if the server does not have the kind, or not yet. */
type FindResource = (object: { apiVersion: string; kind: string }) => Promise<Resource | undefined>;

/**
 * Creates the finder for one cluster. Results are cached. A kind that was not found is requested again the next time.
 */
const resourceFinder = (cluster: Cluster, signal: AbortSignal | undefined): FindResource => {
  const known = new Map<string, Resource>();
  const learn = async (apiVersion: string): Promise<void> => {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const answer = await cluster.request(path, signal ? { signal } : {});
    const { resources = [] } = answer.ok ? ((await answer.json()) as ResourceList) : {};
    if (!answer.ok) await answer.body?.cancel();
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    for (const { name, kind, namespaced } of resources) {
      // Skips subresources such as `deployments/scale`.
      if (!name.includes('/'))
        known.set(`${apiVersion} ${kind}`, { group, version, plural: name, namespaced });
    }
  };
  return async ({ apiVersion, kind }) => {
    const key = `${apiVersion} ${kind}`;
    if (!known.has(key)) await learn(apiVersion);
    return known.get(key);
  };
};

/**
 * Waits with a watch until the service account of a bare pod exists. A namespace gets its service account a
 * moment after its creation.
 */
const serviceAccountOf = async (
  cluster: Cluster,
  { kind, apiVersion, namespace = 'default', object }: ManifestObject,
  signal?: AbortSignal,
) => {
  if (kind !== 'Pod' || apiVersion !== 'v1') return;
  const { serviceAccountName: name = 'default' } = (object.spec ?? {}) as { serviceAccountName?: string };
  const where = { namespace, ...(signal && { signal }) };
  await using timeline = await follow(cluster, resources.serviceAccounts, where);
  await waitUntil(timeline, () => true, {
    name,
    label: `${namespace} has the service account ${name}`,
    within: '3m',
    owner: "the manifests': a namespace has its service account within a second, on a busy machine later",
  });
};

/** The API server records this as the manager of the fields that the lab's manifests set. */
const FIELD_MANAGER = 'corral-lab';

/**
 * Time-out until a kind is served, or an object accepted, after its definition is Established. The caller that applies
 * manifests owns it. Discovery and storage of the definition follow that condition within seconds.
 */
const SERVED_MS = 30_000;
const PAUSE_MS = 100;

type Target = { cluster: Cluster; signal?: AbortSignal | undefined; force: boolean };

const send = async (
  { cluster, signal, force }: Target,
  resource: Resource,
  object: ManifestObject,
): Promise<{ status: number; said: string }> => {
  const { name, namespace = 'default' } = object;
  const path = pathOf(resource, { name, ...(resource.namespaced && { namespace }) });
  const options = queryString({
    fieldManager: FIELD_MANAGER,
    fieldValidation: 'Strict',
    ...(force && { force: 'true' }),
  });
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const answer = await cluster.request(path + options, {
    method: 'PATCH',
    headers,
    body: object.body,
    ...(signal && { signal }),
  });
  return { status: answer.status, said: refusalIn(await answer.text()).replace(/\s*\n\s*/g, ' ') };
};

/**
 * Applies manifests in their order, server-side. Resolves when the server has accepted every object, and does
 * not check whether their pods run. Objects without a namespace go to `default`. Definitions are Established
 * before the objects after them are applied. Throws PreconditionError with manifest, document, object and the server's
 * reason when it refuses one. The objects before that one stay.
 */
export const applyManifests = async (options: {
  kubeconfig: string;
  manifests: readonly Manifest[];
  signal?: AbortSignal | undefined;
  /** Whether to take over fields that others have set, as kubectl does. Otherwise the server refuses that. */
  force?: boolean;
}): Promise<void> => {
  const { kubeconfig, manifests, signal, force = false } = options;
  const cluster = connect({ kubeconfig });
  const find = resourceFinder(cluster, signal);
  const objects = manifests.flatMap(objectsOf);
  const defined = new Set(objects.filter(isDefinition).map(definedKind));
  let waitedFor: string[] = [];
  for (const object of objects) {
    if (!isDefinition(object)) {
      await definitionsEstablished(cluster, waitedFor, signal);
      waitedFor = [];
    }
    const group = object.apiVersion.split('/').slice(0, -1).join('/');
    await serviceAccountOf(cluster, object, signal);
    await applyOne({ cluster, signal, force }, object, {
      find,
      isNew: defined.has(`${object.kind} in ${group}`),
    });
    if (isDefinition(object)) waitedFor.push(object.name);
  }
  await definitionsEstablished(cluster, waitedFor, signal);
};

/** Applies one object. If these manifests define its kind, it is tried again until the server knows the definition. */
const applyOne = async (
  target: Target,
  object: ManifestObject,
  { find, isNew }: { find: ReturnType<typeof resourceFinder>; isNew: boolean },
): Promise<void> => {
  const { kind, apiVersion, where } = object;
  const end = Date.now() + SERVED_MS;
  for (;;) {
    const resource = await find(object);
    const { status, said } = resource ? await send(target, resource, object) : { status: 404, said: '' };
    if (status < 300) return;
    // 404: not served yet. 429: the storage is being set up.
    if (!isNew || ![404, 429].includes(status) || Date.now() > end)
      throw new PreconditionError({
        code: 'manifest-refused',
        where,
        what: resource ? `the server refuses it: ${said}` : `the cluster has no ${kind} in ${apiVersion}`,
      });
    await delay(PAUSE_MS, undefined, target.signal ? { signal: target.signal } : {});
  }
};
