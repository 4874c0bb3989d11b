import { statfs } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { startController } from '../kubernetes/controller.ts';
import { type Condition, withCondition } from '../kubernetes/objects.ts';
import type { DiskStatus, KubernetesNode, Node, Pod } from '../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { removeFinalizer } from './finalizer.ts';

type Readiness = { status: 'True' | 'False'; reason: string; message: string };

/**
 * The Ready condition of another node, from its Kubernetes node and its manager's pod. A manager always
 * reports its own node as ready.
 */
const readiness = (
  name: string,
  { kubernetesNode, pod }: { kubernetesNode: KubernetesNode | undefined; pod: Pod | undefined },
): Readiness => {
  const not = (reason: string, message: string): Readiness => ({ status: 'False', reason, message });
  if (!kubernetesNode)
    return not(
      'KubernetesNodeGone',
      `Kubernetes node missing: node ${name} has been removed from the cluster and there is no manager pod running on it`,
    );
  const ready = kubernetesNode.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready && ready.status !== 'True')
    return not('KubernetesNodeNotReady', `Kubernetes node ${name} not ready`);
  if (!pod)
    return not('ManagerPodMissing', `manager pod missing: node ${name} has no manager pod running on it`);
  if (pod.status?.phase !== 'Running')
    return not('ManagerPodDown', `the manager pod ${pod.metadata.name} is not running`);
  return { status: 'True', reason: '', message: `Node ${name} is ready` };
};

type Status = NonNullable<Node['status']>;

// A disk's free space changes all the time. It is only updated after a change of more than this, in bytes.
const tolerance = 64 * 1024 * 1024;

const diskStatus = async (
  diskName: string,
  { path, storageReserved }: Node['spec']['disks'][string],
  before: DiskStatus | undefined,
): Promise<DiskStatus> => {
  const { bavail, blocks, bsize } = await statfs(path);
  const now = timestamp();
  const free = bavail * bsize;
  const storageAvailable =
    Math.abs(free - (before?.storageAvailable ?? -tolerance)) > tolerance
      ? free
      : (before?.storageAvailable ?? free);
  const ready = withCondition(before?.conditions, { type: 'Ready', status: 'True' }, now);
  const status = storageReserved < blocks * bsize ? 'True' : 'False';
  return {
    diskName,
    diskPath: path,
    filesystemType: 'ext4',
    conditions: withCondition(ready, { type: 'Schedulable', status }, now),
    storageAvailable,
    storageMaximum: blocks * bsize,
    storageScheduled: 0,
  };
};

const schedulable = (
  { datastore }: ManagerContext,
  { metadata: { name } }: Node,
): Pick<Condition, 'status'> & { reason?: string; message?: string } =>
  datastore.kubernetesNodes.get(name)?.spec?.unschedulable
    ? { status: 'False', reason: 'KubernetesNodeCordoned', message: `Node ${name} is cordoned` }
    : { status: 'True' };

const ownStatus = async (context: ManagerContext, node: Node): Promise<Status> => {
  const now = timestamp();
  const disks = Object.entries(node.spec.disks).map(async ([name, disk]) => {
    return [name, await diskStatus(name, disk, node.status?.diskStatus?.[name])] as const;
  });
  const isSchedulable = { type: 'Schedulable', ...schedulable(context, node) };
  const message = `Node ${node.metadata.name} is ready`;
  return {
    region: '',
    zone: '',
    conditions: withCondition(
      withCondition(node.status?.conditions, isSchedulable, now),
      { type: 'Ready', status: 'True', message },
      now,
    ),
    diskStatus: Object.fromEntries(await Promise.all(disks)),
  };
};

const othersStatus = ({ datastore }: ManagerContext, node: Node): Status => {
  const { name } = node.metadata;
  const kubernetesNode = datastore.kubernetesNodes.get(name);
  const pod = datastore.managerPods.list().find(({ spec }) => spec.nodeName === name);
  const conditions: Condition[] = withCondition(
    node.status?.conditions,
    { type: 'Ready', ...readiness(name, { kubernetesNode, pod }) },
    timestamp(),
  );
  return { region: '', zone: '', diskStatus: null, ...node.status, conditions };
};

const reconcile = async (context: ManagerContext, name: string): Promise<void> => {
  const { datastore } = context;
  const node = datastore.nodes.get(name);
  if (!node) return;
  if (node.metadata.deletionTimestamp) {
    if (name !== context.node) return;
    context.recorder(node, { type: 'Warning', reason: 'Delete', message: `Deleting node ${name}` });
    return removeFinalizer(datastore.nodes, node);
  }
  const status = name === context.node ? await ownStatus(context, node) : othersStatus(context, node);
  const ready = ({ conditions }: Status) => conditions?.find(({ type }) => type === 'Ready');
  // Every manager may report another node as lost. Only the node's own manager reports it as ready.
  if (name !== context.node && ready(status)?.status === 'True') return;
  if (!isDeepStrictEqual(status, node.status)) await datastore.nodes.updateStatus({ ...node, status });
};

/**
 * Keeps the status of nodes.longhorn.io. Other nodes are checked only at the resync, not at each event of their pods: a
 * pod that the DaemonSet replaces is missing for an instant. On a real Longhorn that never moved an owner in four runs.
 */
export const startNodeController = (context: ManagerContext): void => {
  const { datastore, clock, signal } = context;
  const enqueue = startController({ name: 'node', reconcile: (name) => reconcile(context, name) }, context);
  datastore.nodes.onEvent((name) => {
    if (datastore.nodes.get(name)?.metadata.deletionTimestamp) enqueue(name);
  });
  datastore.kubernetesNodes.onEvent((name) => {
    if (name === context.node) enqueue(name);
  });
  enqueue(context.node);
  const timer = setInterval(() => {
    for (const { metadata } of datastore.nodes.list()) enqueue(metadata.name);
  }, clock.resync);
  signal.addEventListener('abort', () => clearInterval(timer));
};
