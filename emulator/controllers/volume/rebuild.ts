import { readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { Replica, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { replicaDirectory } from './replica.ts';
import { showRebuild } from './restore.ts';

/** When the rebuilds end that this manager waits for, by their volumes. */
export type Rebuilds = Map<string, number>;

// Longhorn has it in volume.meta.
const markOf = (directory: string): string => `${directory}/volume.meta.rebuilding`;

// For the mutant rebuild-empties-snapshots.
const emptySnapshots = async (directory: string): Promise<void> => {
  const names = (await readdir(directory)).filter((name) => /^volume-snap-.*\.img$/.test(name));
  for (const path of names.map((name) => `${directory}/${name}`)) {
    const { size } = await stat(path);
    await truncate(path);
    await truncate(path, size);
  }
};

/** Begins the rebuild of a replica that has failed, or was added. Calls `onEnd` some polls of the engine later. */
export const beginRebuild = async (
  context: ManagerContext,
  { volume, replica, rebuilds }: { volume: Volume; replica: Replica; rebuilds: Rebuilds },
  onEnd: () => void,
): Promise<void> => {
  const duration = 3 * context.clock.enginePoll;
  rebuilds.set(volume.metadata.name, Date.now() + duration);
  setTimeout(onEnd, duration).unref();
  const directory = replicaDirectory(replica);
  await writeFile(markOf(directory), '');
  if (context.mutant === 'rebuild-empties-snapshots') await emptySnapshots(directory);
  await showRebuild(context, volume, true);
};

/**
 * Ends a rebuild. A manager that did not begin it makes the replica healthy, and leaves the mark (longhorn-manager,
 * controller/engine_controller.go, verifyCompletedRebuild).
 */
export const endRebuild = async (
  context: ManagerContext,
  { volume, replica, rebuilds }: { volume: Volume; replica: Replica; rebuilds: Rebuilds },
): Promise<void> => {
  const isOwn = rebuilds.delete(volume.metadata.name);
  await showRebuild(context, volume, false);
  if (isOwn || context.mutant === 'fixed:verified-rebuild-keeps-snapshots') await forgetRebuild(replica);
};

/** A replica that is marked when its volume is attached anew is rebuilt again. */
export const forgetRebuild = (replica: Replica): Promise<void> =>
  rm(markOf(replicaDirectory(replica)), { force: true });

/** Whether a replica is marked as one that is being rebuilt. */
export const isMarkedAsRebuilding = (replica: Replica): Promise<boolean> =>
  stat(markOf(replicaDirectory(replica))).then(
    () => true,
    () => false,
  );
