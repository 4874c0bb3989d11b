import { once, onceGone } from '../../../history/expectation.ts';
import { namingCause } from '../../../history/nearest-cause.ts';
import { describePod, hopelessPods, type Pod } from '../../../history/pod-states.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { type Cluster, type KubernetesObject, type PodTarget, type Resource, resources } from '../../../kube/cluster.ts';
import { giveSignOfLife } from '../../sign-of-life.ts';
import { type BackupStore, openStore } from '../../store.ts';
import { exportPath, storeManifest, storeName, storePodLabel, storeUrl } from './manifest.ts';
import { causeOfPods } from './pod-cause.ts';
import { removeFromShared } from './shared-namespace.ts';

/** Where a store is: in a namespace of its own, or, under a name of its own, in one that was there before and holds others as well. */
export type StorePlace = { namespace: string; name?: string | undefined };

/** An NFS server of its own. */
export type StoreFixture = {
  namespace: string;
  /** What Longhorn's backup target is to be set to. */
  url: string;
  pod: PodTarget;
  /** The node that the pod runs on. */
  node: string;
  /** The exported folder, as the pod sees it. */
  root: string;
  store: BackupStore;
};

const resourceOfKind: Record<string, Resource> = {
  Namespace: resources.namespaces,
  ConfigMap: resources.configMaps,
  Deployment: resources.deployments,
  Service: resources.services,
};

// Of a volume's blocks, in bytes on disk: four or more of the largest. They come over the API server as text, which takes a second or two.
const lookedInto = 8 << 20;

/** Starts an NFS backup store and returns when it answers on its port. One of a scenario's has a sign of life beside it, until `living` aborts. */
export const startStore = async (
  cluster: Cluster,
  { namespace, name, run, image, signal, living }: StorePlace & { run: string; image: string; signal: AbortSignal; living?: AbortSignal },
): Promise<StoreFixture> => {
  const [namespaceObject, ...objects] = await storeManifest({ namespace, run, image, ...(name !== undefined && { name }) });
  if (namespaceObject === undefined) throw new Error("the backup store's manifest is empty");
  if (name === undefined) await create(cluster, namespaceObject);
  if (living !== undefined) await giveSignOfLife(cluster, { namespace, name, run, living });
  const pods = await follow<Pod>(cluster, resources.pods, { namespace, labelSelector: storePodLabel(name ?? storeName), signal });
  try {
    for (const object of objects) await create(cluster, object);
    const pod = await namingCause(
      () => untilReady(pods),
      (within) => causeOfPods(cluster, { pods, namespace, signal: within }),
    );
    const target = { namespace, name: pod.metadata.name, container: 'nfs' };
    return {
      namespace,
      url: storeUrl(namespace, name),
      pod: target,
      node: pod.spec?.nodeName ?? '',
      root: exportPath,
      store: openStore({ cluster, pod: target, root: exportPath, contents: lookedInto }),
    };
  } finally {
    await pods.stop();
  }
};

/** Waits until the pod of a store is ready; ends at once when it will never be. */
export const untilReady = (pods: Timeline<Pod>): Promise<Pod> =>
  once(pods, isReady, {
    label: 'the NFS server of the backup store is ready',
    within: '3m',
    owner: 'set-up of the backup store: an image may have to be pulled, and the server starts within seconds',
    describe: describePod,
    hopeless: [hopelessPods(pods)],
  });

/** Removes a store, with its namespace where it has one of its own, and returns when it is gone; one that is gone already is no error. */
export const removeStore = async (cluster: Cluster, { namespace, name }: StorePlace): Promise<void> => {
  if (name !== undefined) return removeFromShared(cluster, { namespace, name });
  const timeline = await follow(cluster, resources.namespaces, { fieldSelector: `metadata.name=${namespace}` });
  try {
    if (timeline.current(namespace) === undefined) return;
    await cluster.delete(resources.namespaces, { name: namespace });
    await onceGone(timeline, {
      name: namespace,
      label: `the backup store's namespace ${namespace} is gone`,
      within: '2m',
      owner: 'clean-up of the backup store: Kubernetes empties a namespace before it goes',
      describe: (object) => JSON.stringify(object.status ?? {}),
    });
  } finally {
    await timeline.stop();
  }
};

const create = async (cluster: Cluster, object: KubernetesObject): Promise<void> => {
  const resource = resourceOfKind[object.kind ?? ''];
  if (resource === undefined) throw new Error(`the backup store's manifest holds a ${object.kind}, which the fixture cannot make`);
  await cluster.create(resource, object);
};

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
