import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { waitUntil, waitUntilGone } from '../../history/expectation.ts';
import { namingCause } from '../../history/nearest-cause.ts';
import { describePod, fatalPodStates } from '../../history/pod-states.ts';
import type { Timeline } from '../../history/timeline.ts';
import type { NearestCause } from '../../history/verdict.ts';
import { follow } from '../../history/watch.ts';
import {
  type Cluster,
  type KubernetesObject,
  type PodTarget,
  type Resource,
  resources,
  unlessGone,
} from '../../kube/cluster.ts';
import { isReady, isReadyToStay, type Pod } from '../../kube/pods.ts';
import type { Event } from '../../longhorn/job-types.ts';
import type { ServerKind, StartStore, StorePlace } from '../driver.ts';
import { renewLease } from '../lease.ts';
import { storeLabel, storeName, storePodLabel } from './place.ts';

/** The options that the manifests of all kinds of stores need. */
export type ManifestOptions = Pick<StartStore, 'namespace' | 'name' | 'run' | 'image' | 'features'>;

/**
 * Reads the objects of a manifest, in order, and fills its placeholders with common and given values. Values are
 * quoted, so they cannot change the YAML.
 */
export const readManifest = async (
  file: URL,
  { namespace, name = storeName, run, image }: ManifestOptions,
  values: Record<string, string | null>,
): Promise<KubernetesObject[]> => {
  const filled = fill(await readFile(file, 'utf8'), {
    NAMESPACE: namespace,
    NAME: name,
    RUN: run,
    IMAGE: image,
    ...values,
  });
  return parseAllDocuments(filled).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as KubernetesObject;
  });
};

const fill = (text: string, values: Record<string, string | null>): string =>
  text.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`the backup store's manifest has a placeholder that nobody fills: ${placeholder}`);
    return JSON.stringify(value);
  });

const resourceOfKind: Record<string, Resource> = {
  Namespace: resources.namespaces,
  ConfigMap: resources.configMaps,
  Secret: resources.secrets,
  Deployment: resources.deployments,
  Service: resources.services,
};

/**
 * Creates the objects of a server; the first object is its namespace. Returns its pod when the server answers on its
 * port.
 */
export const startPod = async (
  cluster: Cluster,
  {
    namespace,
    name,
    run,
    signal,
    scenarioSignal,
    kind,
    objects: [namespaceObject, ...objects],
  }: Omit<StartStore, 'image' | 'features'> & { kind: ServerKind; objects: readonly KubernetesObject[] },
): Promise<{ pod: PodTarget; node: string }> => {
  if (namespaceObject === undefined) throw new Error("the backup store's manifest is empty");
  if (name === undefined) await create(cluster, namespaceObject);
  if (scenarioSignal !== undefined) await renewLease(cluster, { namespace, name, run, scenarioSignal });
  await using pods = await follow<Pod>(cluster, resources.pods, {
    namespace,
    labelSelector: storePodLabel(name),
    signal,
  });
  for (const object of objects) await create(cluster, object);
  const { metadata, spec } = await namingCause(
    () => untilStoreReady(pods, kind.called),
    (within) => causeOfPods(cluster, { pods, namespace, signal: within }),
  );
  return {
    pod: { namespace, name: metadata.name, container: kind.container },
    node: spec?.nodeName ?? '',
  };
};

/** The ready pods that serve the store of a place. */
export const servingPods = async (
  cluster: Cluster,
  { namespace, name }: StorePlace,
  { container, app }: ServerKind,
): Promise<PodTarget[]> => {
  const { items } = await cluster.list<Pod>(resources.pods, {
    namespace,
    labelSelector: `${storePodLabel(name)},app=${app}`,
  });
  return items.filter(isReadyToStay).map(({ metadata }) => ({ namespace, name: metadata.name, container }));
};

/** The running pods of a run that serve stores. With `namespace`, only those in that namespace. */
export const serversOf = async (
  cluster: Cluster,
  { container, app }: ServerKind,
  { run, namespace }: { run: string; namespace?: string | undefined },
): Promise<(PodTarget & { place: StorePlace })[]> => {
  const { items } = await cluster.list<Pod>(resources.pods, {
    ...(namespace !== undefined && { namespace }),
    labelSelector: `corral.test/run=${run},app=${app}`,
  });
  return items
    .filter(({ metadata, status }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined)
    .map(({ metadata: { namespace = '', name, labels } }) => {
      const store = labels?.[storeLabel];
      const place = store === storeName ? { namespace } : { namespace, name: store };
      return { namespace, name, container, place };
    });
};

/** Waits until the pod of a store is ready. Ends early if it can never become ready. */
export const untilStoreReady = (pods: Timeline<Pod>, called: string): Promise<Pod> =>
  waitUntil(pods, isReady, {
    label: `${called} of the backup store is ready`,
    within: '6m',
    owner:
      'set-up of the backup store: an image may have to be pulled, or a lab be booting on a busy machine; the server starts within seconds',
    describe: describePod,
    fatal: [fatalPodStates(pods)],
  });

/**
 * Removes a server: its own namespace, or its objects in a shared namespace. Returns when it is gone. A server that
 * is already gone is not an error.
 */
export const removeServer = async (
  cluster: Cluster,
  { namespace, name }: StorePlace,
  configuredBy: Resource,
): Promise<void> => {
  if (name !== undefined) return removeFromShared(cluster, { namespace, name }, configuredBy);
  await removeNamespace(cluster, namespace);
};

// Two minutes, times six for the slowest machine.
const slowestRemoval = '12m';

/** Removes the namespace of a store. Returns when it is gone. A namespace that is already gone is not an error. */
export const removeNamespace = async (cluster: Cluster, namespace: string): Promise<void> => {
  await using timeline = await follow(cluster, resources.namespaces, {
    fieldSelector: `metadata.name=${namespace}`,
  });
  if (timeline.current(namespace) === undefined) return;
  await cluster.delete(resources.namespaces, { name: namespace });
  await waitUntilGone(timeline, {
    name: namespace,
    label: `the backup store's namespace ${namespace} is gone`,
    within: slowestRemoval,
    owner: 'cleanup of the backup store: Kubernetes empties a namespace before it goes',
    describe: (object) => JSON.stringify(object.status ?? {}),
  });
};

const create = async (cluster: Cluster, object: KubernetesObject): Promise<void> => {
  const resource = resourceOfKind[object.kind ?? ''];
  if (resource === undefined)
    throw new Error(`the backup store's manifest holds a ${object.kind}, which the fixture cannot make`);
  await cluster.create(resource, object);
};

/**
 * Removes a store from a shared namespace. Returns when its server is gone. Objects that are already gone are not an
 * error.
 */
const removeFromShared = async (
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  configuredBy: Resource,
): Promise<void> => {
  await using deployments = await follow(cluster, resources.deployments, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  // With foreground propagation the deployment exists until its pod is gone.
  await cluster
    .delete(resources.deployments, { namespace, name }, { propagationPolicy: 'Foreground' })
    .catch(unlessGone);
  await waitUntilGone(deployments, {
    name,
    label: `the backup store ${name} is gone from namespace ${namespace}`,
    within: slowestRemoval,
    owner: 'cleanup of the backup store: Kubernetes ends its pod before the deployment goes',
    describe: (object) => JSON.stringify(object.status ?? {}),
  });
  for (const resource of [resources.services, configuredBy, resources.leases])
    await cluster.delete(resource, { namespace, name }).catch(unlessGone);
};

type Causing = { pods: Timeline<Pod>; namespace: string; signal: AbortSignal };

/**
 * Finds out why pods do not become ready: from their containers and conditions, and from the warnings of the namespace.
 */
export const causeOfPods = async (
  cluster: Cluster,
  { pods, namespace, signal }: Causing,
): Promise<NearestCause> => {
  const { items } = await cluster.list<Event>(resources.events, { namespace, signal });
  const warnings = items.filter(({ type }) => type === 'Warning').map(describeEvent);
  const [pod] = pods.objects();
  if (pod === undefined)
    return { line: `there is no pod${warnings.length > 0 ? `: ${warnings.at(-1)}` : ''}`, details: warnings };
  const held = (pod.status?.conditions ?? []).filter(({ status }) => status === 'False');
  const conditions = held.map(
    ({ type, reason, message }) => `${type} is False: ${[reason, message].filter(Boolean).join(': ')}`,
  );
  const waits = describePod(pod);
  // A pod without a node has no container states.
  const scheduling = held.find(({ type }) => type === 'PodScheduled');
  const line =
    scheduling === undefined
      ? waits
      : `it is not scheduled: ${scheduling.message ?? scheduling.reason ?? ''}`;
  return {
    line: `pod ${pod.metadata.name}: ${line}`,
    details: [`on ${pod.spec?.nodeName ?? 'no node'}, ${waits}`, ...conditions, ...warnings],
  };
};

const describeEvent = ({ reason, message, involvedObject }: Event): string =>
  `${reason ?? ''}, ${involvedObject?.kind ?? ''} ${involvedObject?.name ?? ''}: ${message ?? ''}`;
