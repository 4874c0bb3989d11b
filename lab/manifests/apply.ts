import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, connect, type Resource } from '../../e2e/kube/cluster.ts';
import { query } from '../../e2e/kube/request.ts';
import { pathOf } from '../../e2e/kube/resources.ts';
import { NotFit } from '../not-fit.ts';
import { definedKind, definitionsEstablished, isDefinition } from './definitions.ts';
import { resourceFinder } from './discovery.ts';
import { type Manifest, type ManifestObject, objectsOf } from './read.ts';
import { serviceAccountOf } from './service-account.ts';

/** What the API server knows the fields as, that the lab's manifests have set. */
const FIELD_MANAGER = 'corral-lab';

/**
 * How long a kind may take to be served, or an object to be taken, after its definition is Established; whoever applies manifests owns this
 * time-out. Discovery and the definition's own storage follow that condition within seconds.
 */
const SERVED_MS = 30_000;
const PAUSE_MS = 100;

type Target = { cluster: Cluster; signal?: AbortSignal | undefined };

const reasonIn = (text: string): string => {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
};

const send = async ({ cluster, signal }: Target, resource: Resource, object: ManifestObject): Promise<{ status: number; said: string }> => {
  const { name, namespace = 'default' } = object;
  const path = pathOf(resource, { name, ...(resource.namespaced && { namespace }) });
  const options = query({ fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' });
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const answer = await cluster.request(path + options, { method: 'PATCH', headers, body: object.body, ...(signal && { signal }) });
  return { status: answer.status, said: reasonIn(await answer.text()).replace(/\s*\n\s*/g, ' ') };
};

/**
 * Applies manifests in their order, server-side, and resolves when the server has taken every object; whether what they start runs is not
 * looked at.
 *
 * Objects without a namespace go to `default`. Definitions are Established before what follows them in the order is applied. Throws NotFit
 * with the manifest, the document, the object and the server's own reason when it refuses one: those before it stay.
 */
export const applyManifests = async (options: {
  kubeconfig: string;
  manifests: readonly Manifest[];
  signal?: AbortSignal | undefined;
}): Promise<void> => {
  const { kubeconfig, manifests, signal } = options;
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
    await applyOne({ cluster, signal }, object, { find, isNew: defined.has(`${object.kind} in ${group}`) });
    if (isDefinition(object)) waitedFor.push(object.name);
  }
  await definitionsEstablished(cluster, waitedFor, signal);
};

/** Applies one object; of a kind that these manifests define themselves it is tried until the server has caught up with its definition. */
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
    // 404: not served yet; 429: its storage is being set up.
    if (!isNew || ![404, 429].includes(status) || Date.now() > end)
      throw new NotFit(`${where}: ${resource ? `the server refuses it: ${said}` : `the cluster has no ${kind} in ${apiVersion}`}`);
    await delay(PAUSE_MS, undefined, target.signal ? { signal: target.signal } : {});
  }
};
