import { randomUUID } from 'node:crypto';
import type { Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { createSnapshot } from './create.ts';
import { isParentOfHead } from './removal.ts';
import { takeFromHead } from './take.ts';

/** Takes the snapshot that the engine takes when a replica begins to be rebuilt. */
export const takeForRebuild = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const name = randomUUID();
  const made = await createSnapshot(context.datastore, volume, { name, createSnapshot: false });
  await takeFromHead(context, made);
};

/**
 * Marks the snapshots of a volume that no user has made as removed, and removes all that are marked, except the parent of
 * the head (longhorn-engine, pkg/sync/rpc/server.go, purgeSnapshots).
 */
export const purgeSystemGenerated = async (
  { datastore, mutant }: ManagerContext,
  { metadata }: Volume,
): Promise<void> => {
  const setting = await datastore.settings.fetch('auto-cleanup-system-generated-snapshot');
  if (setting.value !== 'true' || mutant === 'system-snapshots-stay') return;
  for (const snapshot of datastore.snapshots.list()) {
    const { spec, status } = snapshot;
    if (spec.volume !== metadata.name || !status?.creationTime || snapshot.metadata.deletionTimestamp)
      continue;
    if (status.userCreated && !status.markRemoved) continue;
    if (!status.markRemoved)
      await datastore.snapshots.updateStatus({
        ...snapshot,
        status: { ...status, markRemoved: true, readyToUse: false },
      });
    if (!isParentOfHead(snapshot)) await datastore.snapshots.delete(snapshot.metadata.name);
  }
};
