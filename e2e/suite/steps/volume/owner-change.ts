import type { InjectedFault } from '../../../faults/fault.ts';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { patchedObject } from '../../../faults/patched-object.ts';
import { timeoutOf, waitUntil } from '../../../history/expectation.ts';
import { type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { managerPodOf } from '../../../longhorn/manager.ts';
import { longhornResources } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { deniedDeletionOf } from '../deletion/deletion.ts';
import type { SnapshotHandle, VolumeHandle } from '../handles.ts';
import { PromiseBroken } from '../judging.ts';
import { untilSnapshotGone } from './snapshot.ts';

/** The longhorn-manager of a volume's node is gone, until the faults are healed, the first one first. */
type TakenAway = { faults: InjectedFault[]; owner: string };

const untilOwner = async (
  { timelines, timeouts }: Context,
  { name }: VolumeHandle,
  isWanted: (owner: string) => boolean,
): Promise<string> => {
  const { status } = await waitUntil(timelines.volumes, (each) => isWanted(each.status?.ownerID ?? ''), {
    name,
    label: `volume ${name} has the wanted owner`,
    describe: (each) => `owned by ${each.status?.ownerID || 'nobody'}`,
    ...timeouts.ownerChanged,
  });
  return status?.ownerID ?? '';
};

const killManager = async ({ cluster, faults }: Context, node: string): Promise<InjectedFault> =>
  faults.inject(managerKilled(cluster, await managerPodOf(cluster, node)));

/** Ends the longhorn-manager of a volume's node, where Kubernetes starts no other one. The engines there go on. */
export const takeManagerAway = async (context: Context, volume: VolumeHandle): Promise<TakenAway> => {
  const { cluster, faults } = context;
  const { node } = volume;
  const { spec } = await cluster.get<KubernetesObject & { spec?: { taints?: object[] } }>(resources.nodes, {
    name: node,
  });
  const taints = [...(spec?.taints ?? []), { key: 'corral.test/closed', effect: 'NoSchedule' }];
  const closed = await faults.inject(
    patchedObject.on(cluster, {
      ...{ resource: resources.nodes, name: node, title: `Kubernetes starts no pods on ${node}` },
      ...{ before: { spec: { taints: spec?.taints ?? null } }, after: { spec: { taints } } },
    }),
  );
  const killed = await killManager(context, node);
  const owner = await untilOwner(context, volume, (each) => each !== '' && each !== node);
  return { faults: [closed, killed], owner };
};

/** Brings the longhorn-manager of a volume's node back. Returns when it owns the volume. */
export const bringManagerBack = async (
  context: Context,
  volume: VolumeHandle,
  { faults }: TakenAway,
): Promise<void> => {
  for (const fault of faults) await fault.heal();
  await untilOwner(context, volume, (owner) => owner === volume.node);
};

/** Lets the API server deny each ticket of a snapshot for the attachment of its volume: Longhorn asks for one first. */
export const denyTicket = (
  context: Context,
  { name, volume: { name: volume, node: nodeID } }: SnapshotHandle,
): Promise<InjectedFault> => {
  const type = 'snapshot-controller';
  const id = `${type}-${name}`;
  return context.faults.inject(
    deniedDeletionOf(context, {
      resource: longhornResources.volumeAttachments,
      whose: `has(object.spec.attachmentTickets) && '${id}' in object.spec.attachmentTickets`,
      probe: volume,
      change: { spec: { attachmentTickets: { [id]: { id, type, nodeID } } } },
      title: `the API server denies each ticket of snapshot ${name}`,
    }),
  );
};

/** Throws a broken promise if a deleted snapshot goes only after another start of the manager that owns its volume. */
export const judgeForgotten = async (context: Context, snapshot: SnapshotHandle): Promise<void> => {
  const cause = await timeoutOf(untilSnapshotGone(context, snapshot));
  if (cause === undefined) return;
  const again = await killManager(context, snapshot.volume.node);
  await again.heal();
  await untilSnapshotGone(context, snapshot);
  throw new PromiseBroken(
    `${cause.message}; it was gone once the longhorn-manager of ${snapshot.volume.node} was started again`,
    { kind: 'Snapshot', name: snapshot.name, state: 'deleting, until a manager starts' },
    { cause },
  );
};
