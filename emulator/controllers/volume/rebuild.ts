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

/**
 * What made a replica ready for its rebuild compares the snapshots with a list of before (longhorn-manager,
 * controller/engine_controller.go, syncEngine: it waits for the rebuild to begin, and then calls syncSnapshotCRs).
 */
const deleteUnlisted = async (
  { datastore, mutant }: ManagerContext,
  volume: string,
  listed: ReadonlySet<string>,
): Promise<void> => {
  if (mutant === 'fixed:snapshot-of-rebuild-is-deleted') return;
  for (const { metadata, spec, status } of datastore.snapshots.list())
    if (spec.volume === volume && status?.creationTime && !listed.has(metadata.name))
      await datastore.snapshots.delete(metadata.name);
};

/** Begins the rebuild of a replica that has failed, or was added. Calls `onBegun` before its data are copied, and `onEnd` when it has them. */
export const beginRebuild = async (
  context: ManagerContext,
  { volume, replica, rebuilds }: { volume: Volume; replica: Replica; rebuilds: Rebuilds },
  { onBegun, onEnd }: { onBegun: () => Promise<void>; onEnd: () => void },
): Promise<void> => {
  const { clock, datastore, log, mutant } = context;
  const { name } = volume.metadata;
  const duration = clock.rebuildPreparation + 3 * clock.enginePoll;
  const end = Date.now() + duration;
  rebuilds.set(name, end);
  setTimeout(onEnd, duration).unref();
  const listed = new Set(datastore.snapshots.list().map(({ metadata }) => metadata.name));
  const directory = replicaDirectory(replica);
  const copy = async (): Promise<void> => {
    // The volume was detached meanwhile.
    if (rebuilds.get(name) !== end) return;
    await writeFile(markOf(directory), '');
    if (mutant === 'rebuild-empties-snapshots') await emptySnapshots(directory);
    await deleteUnlisted(context, name, listed);
    await onBegun();
    await showRebuild(context, volume, 'begun');
  };
  setTimeout(
    () => void copy().catch((error) => log.warning(`Failed to rebuild a replica of ${name}`, { error })),
    clock.rebuildPreparation,
  ).unref();
  await showRebuild(context, volume, 'prepared');
};

/**
 * Ends a rebuild, and returns whether it is over for this manager, which began it. A manager that did not begin it makes the replica healthy, and leaves the mark (longhorn-manager,
 * controller/engine_controller.go, verifyCompletedRebuild).
 */
export const endRebuild = async (
  context: ManagerContext,
  { volume, replica, rebuilds }: { volume: Volume; replica: Replica; rebuilds: Rebuilds },
): Promise<boolean> => {
  const isOwn = rebuilds.delete(volume.metadata.name);
  await showRebuild(context, volume, 'ended');
  if (isOwn || context.mutant === 'fixed:verified-rebuild-keeps-snapshots') await forgetRebuild(replica);
  return isOwn;
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
