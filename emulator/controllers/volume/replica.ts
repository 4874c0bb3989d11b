import { randomBytes } from 'node:crypto';
import { receiveReplica, removeReplicaAt } from '../../engine/proxy.ts';
import { removeReplica } from '../../engine/replica-files.ts';
import { startController } from '../../kubernetes/controller.ts';
import { ownerReference } from '../../kubernetes/objects.ts';
import type { Replica, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { finalizer, labels } from '../../modelled-on.ts';
import { removeFinalizer } from '../finalizer.ts';

/** The only replica of a volume, on the node of its last attachment. */
export const findReplica = ({ datastore }: ManagerContext, volume: string): Replica | undefined =>
  datastore.replicas.list().find(({ spec }) => spec.volumeName === volume);

export const replicaDirectory = ({ spec }: Replica): string =>
  `${spec.diskPath}/replicas/${spec.dataDirectoryName}`;

/** Returns a volume's replica, or creates it on this node. */
export const ensureReplica = async (context: ManagerContext, volume: Volume): Promise<Replica> => {
  const { name } = volume.metadata;
  const found = findReplica(context, name);
  if (found) return found;
  const wanted = volume.spec.numberOfReplicas;
  context.recorder(volume, {
    type: 'Normal',
    reason: 'NotEmulated',
    message: `not emulated: replication. Of ${wanted} replicas there is one, on the node that the volume is attached to`,
  });
  return context.datastore.replicas.create({
    metadata: {
      name: `${name}-r-${randomBytes(4).toString('hex')}`,
      labels: { [labels.volume]: name, longhornnode: context.node },
      finalizers: [finalizer],
      ownerReferences: [ownerReference(volume)],
    },
    spec: {
      volumeName: name,
      nodeID: context.node,
      diskPath: context.dataRoot,
      dataDirectoryName: `${name}-${randomBytes(4).toString('hex')}`,
      volumeSize: volume.spec.size,
    },
  });
};

/**
 * Moves the replica of a volume that is attached to this node here. In Longhorn it stays where it is, and the engine
 * reads it from there.
 */
export const bringReplica = async (context: ManagerContext, replica: Replica): Promise<Replica> => {
  const { datastore, node } = context;
  const { nodeID } = replica.spec;
  if (nodeID === node) return replica;
  const ip = datastore.instanceManagers.list().find(({ spec }) => spec.nodeID === nodeID)?.status?.ip;
  if (ip === undefined) throw new Error(`failed to find a running instance manager for node ${nodeID}`);
  const directory = replicaDirectory(replica);
  await receiveReplica(ip, directory);
  const moved = await datastore.replicas.update({ ...replica, spec: { ...replica.spec, nodeID: node } });
  await removeReplicaAt(ip, directory);
  return moved;
};

/** Removes a deleted replica's folder on its own node. */
export const startReplicaController = (context: ManagerContext): void => {
  const { datastore, node } = context;
  const reconcile = async (name: string): Promise<void> => {
    const replica = datastore.replicas.get(name);
    if (replica?.spec.nodeID !== node || !replica.metadata.deletionTimestamp) return;
    const directory = replicaDirectory(replica);
    await removeReplica(directory);
    await removeFinalizer(datastore.replicas, replica);
    // Last, so that whoever waits for a backup of a removed volume learns that from the volume.
    context.uploads.endWithReplica(directory);
  };
  datastore.replicas.onEvent(startController({ name: 'replica', reconcile }, context));
};
