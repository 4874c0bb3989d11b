import { rename, rm, stat } from 'node:fs/promises';
import { copyHead, headPath } from '../../engine/replica-files.ts';
import type { Replica } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { replicaDirectory } from './replica.ts';

// The heads of a replica that failed before, and of the newest one once the other is in use. The only replica has both.
const olderHead = (directory: string): string => `${headPath(directory)}.older`;
const newestHead = (directory: string): string => `${directory}/volume-head-001.img`;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const rebuildLimit = 'concurrent-replica-rebuild-per-node-limit';

// Whether failed replicas wait to be rebuilt.
const isRebuildOff = ({ datastore }: ManagerContext): boolean =>
  datastore.settings.get(rebuildLimit)?.value === '0';

/** Keeps what a replica has that fails now. Returns whether it waits to be rebuilt. */
export const keepOlder = async (context: ManagerContext, replica: Replica): Promise<boolean> => {
  // A user may have changed it just before.
  await context.datastore.settings.fetch(rebuildLimit);
  if (!isRebuildOff(context)) return false;
  const directory = replicaDirectory(replica);
  await copyHead(headPath(directory), olderHead(directory));
  return true;
};

/** Whether a volume lacks a replica that failed before. Where replicas are rebuilt, what was kept of it is removed. */
export const lacksReplica = async (context: ManagerContext, replica: Replica): Promise<boolean> => {
  const directory = replicaDirectory(replica);
  const kept = [olderHead(directory), newestHead(directory)];
  if (isRebuildOff(context)) return (await Promise.all(kept.map(exists))).includes(true);
  for (const path of kept) await rm(path, { force: true });
  return false;
};

/** Whether a disk of this node takes nothing more. */
export const hasFullDisk = ({ datastore }: ManagerContext, node: string): boolean =>
  Object.values(datastore.nodes.get(node)?.status?.diskStatus ?? {}).some(({ conditions }) =>
    conditions.some(({ type, status }) => type === 'Schedulable' && status === 'False'),
  );

/**
 * Salvages a volume whose replicas have all failed: the one that failed last, but one on a disk that takes no more
 * replicas is left out before Longhorn looks which failed last (volume_controller.go, ReconcileVolumeState).
 */
export const salvage = async (context: ManagerContext, replica: Replica): Promise<void> => {
  const { datastore, mutant, recorder } = context;
  const directory = replicaDirectory(replica);
  if (hasFullDisk(context, replica.spec.nodeID) && mutant !== 'fixed:older-replica-is-salvaged') {
    await rename(headPath(directory), newestHead(directory));
    await rename(olderHead(directory), headPath(directory));
  }
  const volume = datastore.volumes.get(replica.spec.volumeName);
  if (volume)
    recorder(volume, {
      type: 'Warning',
      reason: 'AutoSalvaged',
      message: `Replica ${replica.metadata.name} of volume ${volume.metadata.name} will be automatically salvaged`,
    });
};
