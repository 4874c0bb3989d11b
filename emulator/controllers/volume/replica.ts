import { removeReplica } from '../../engine/replica-files.ts';
import { startController } from '../../kubernetes/controller.ts';

import type { Context } from '../../manager/context.ts';
import { release } from '../finalizer.ts';
import { replicaDirectory } from './replica-of.ts';

/** Removes a replica's folder on its own node once its object is to go. */
export const startReplicaController = (context: Context): void => {
  const { datastore, node } = context;
  const reconcile = async (name: string): Promise<void> => {
    const replica = datastore.replicas.get(name);
    if (replica?.spec.nodeID !== node || !replica.metadata.deletionTimestamp) return;
    await removeReplica(replicaDirectory(replica));
    await release(datastore.replicas, replica);
  };
  datastore.replicas.onEvent(startController({ name: 'replica', reconcile }, context));
};
