import type { ReplicaState } from '../../engine/replica-process.ts';
import type { Replica, Volume } from '../../longhorn/objects.ts';
import type { Context } from '../../manager/context.ts';
import { ensureReplica, replicaDirectory } from './replica-of.ts';

const tell = async ({ datastore, node }: Context, replica: Replica, currentState: 'running' | 'stopped' | 'error'): Promise<void> => {
  if (replica.status?.currentState === currentState) return;
  await datastore.replicas.updateStatus({ ...replica, status: { ownerID: node, currentState } });
};

/** Has the replica of a volume that is to be attached here run, says in its status how it stands, and gives that; `onChange` is called when that has changed. */
export const runReplica = async (context: Context, volume: Volume, onChange: () => void): Promise<ReplicaState> => {
  const replica = await ensureReplica(context, volume);
  const state = context.replicas.ensure(replica.metadata.name, replicaDirectory(replica), onChange);
  if (state !== 'starting') await tell(context, replica, state);
  return state;
};

/** Ends the replica of a volume that is detached from this node; one that has failed is told as such until it runs again. */
export const endReplica = async (context: Context, replica: Replica): Promise<void> => {
  context.replicas.end(replica.metadata.name);
  if (replica.status?.currentState === 'running') await tell(context, replica, 'stopped');
};
