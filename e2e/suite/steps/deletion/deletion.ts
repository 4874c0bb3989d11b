import { setTimeout as after } from 'node:timers/promises';
import { deniedDeletion } from '../../../faults/denied-deletion.ts';
import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { type HeldDeletion, heldDeletion } from '../../../faults/held-deletion.ts';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { immutableFile } from '../../../faults/store/immutable-file.ts';
import { ExpectationError, waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { parseDuration } from '../../../kube/duration.ts';
import type { Resource } from '../../../kube/objects.ts';
import { describeBackup } from '../../../longhorn/backup-state.ts';
import { type ManagerPod, managerPods } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { backupConfigPath, blockPath, volumeFolder } from '../../../store/format/layout.ts';
import { knownBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';
import type { Timeout } from '../timeouts.ts';
import { deletionFailed } from './expectations.ts';

/**
 * Denies the deletion of objects in Longhorn's namespace. `whose` is a CEL expression on `oldObject`, and true for the
 * object named `probe`.
 */
export const deniedDeletionOf = (
  { cluster, run, uniqueName }: Context,
  {
    probe: name,
    ...what
  }: { resource: Resource; whose: string; probe: string; title: string; change?: Record<string, unknown> },
): Fault =>
  deniedDeletion.on(cluster, {
    policy: uniqueName('policy'),
    labels: runLabel(run),
    probe: { namespace, name },
    ...what,
  });

/** Where a deletion can be held in the middle, in words for sentences. */
export const removals = {
  config: 'it has removed the config',
  block: 'it has removed a block',
} as const;

/** A deletion that is held before it removes anything, and again in the middle after `continueUntilFileGone`. */
export type HeldRemoval = InjectedFault & HeldDeletion & { until: keyof typeof removals };

const blocksOf = async ({ volume, name, label }: BackupHandle): Promise<string[]> => {
  const config = await volume.target.store.config(volume.name, name);
  if (config === undefined) throw new Error(`the store has no config of ${label} (${name})`);
  return config.blocks.map(({ checksum }) => checksum);
};

/** Holds the deletion of a backup at its start, and again when it has removed the config or a block. */
export const holdRemoval = async (
  context: Context,
  { backup, until }: { backup: BackupHandle; until: keyof typeof removals },
): Promise<HeldRemoval> => {
  const { cluster, faults } = context;
  const { store } = backup.volume.target;
  if (store.mountPoint === undefined)
    throw new Error(`Longhorn does not mount a store of ${store.driver}: nobody sees there how far it is`);
  const folder = `${store.mountPoint()}/${volumeFolder(backup.volume.name)}`;
  const blocks = until === 'block' ? (await blocksOf(backup)).map(blockPath) : [];
  const fault = heldDeletion.on(cluster, {
    pods: await managerPods(cluster),
    backup: backup.name,
    label: backup.label,
    files: [backupConfigPath(backup.name), ...blocks].map((path) => `${folder}/${path}`),
  });
  return { ...(await faults.inject(fault)), until };
};

/** A block that the store refuses to remove. */
export type DeniedBlock = InjectedFault & { checksum: string };

/** Makes the store refuse to remove a block that only this backup refers to, and none of `beside`. */
export const denyRemovalOfBlock = async (
  context: Context,
  { backup, beside }: { backup: BackupHandle; beside: readonly BackupHandle[] },
): Promise<DeniedBlock> => {
  const others = new Set((await Promise.all(beside.map((each) => blocksOf(each)))).flat());
  const checksum = (await blocksOf(backup)).find((each) => !others.has(each));
  if (checksum === undefined)
    throw new Error(
      `${backup.label} has no block of its own: ${beside.map(({ label }) => label)} have them all`,
    );
  const block = { of: backup.volume, block: checksum, called: `a block of ${backup.label}` };
  const fault = await immutableFile.on(backup.volume.target.store, block);
  return { ...(await context.faults.inject(fault)), checksum };
};

/** Deletes the BackupVolume of a volume, which also removes its folder in the store. Returns when it is gone. */
export const removeBackupVolume = async (context: Context, volume: VolumeHandle): Promise<void> => {
  const { name } = knownBackupVolume(context, volume).metadata;
  await context.cluster.delete(longhornResources.backupVolumes, { namespace, name });
  await untilBackupVolumeGone(context, name);
};

/** Waits until a BackupVolume is gone. */
export const untilBackupVolumeGone = async (
  { timelines, timeouts }: Context,
  name: string,
): Promise<void> => {
  await waitUntilGone(timelines.backupVolumes, {
    name,
    label: `backup volume ${name} is gone`,
    ...timeouts.backupVolumeGone,
  });
};

/** Waits until a fault has met a request of Longhorn, or several. By default, its rule has met one probe before. */
export const untilMet = async (
  { scenarioSignal: signal }: Context,
  { met }: { met: () => Promise<number> },
  { within, owner }: Timeout,
  missing: string,
  atLeast = 2,
): Promise<void> => {
  const end = performance.now() + parseDuration(within);
  while ((await met()) < atLeast) {
    if (performance.now() > end) throw new InconclusiveError(`${missing}, within ${within} (${owner})`);
    await after(500, undefined, { signal });
  }
};

/** Waits until the store leaves a request of the deletion unanswered, after it has removed the config. */
export const untilUnanswered = async (
  context: Context,
  { name, label, volume }: BackupHandle,
  fault: { met: () => Promise<number> },
): Promise<void> => {
  const missing = `the deletion of ${label} has not asked for what is unanswered`;
  await untilMet(context, fault, context.timeouts.deleting, missing);
  if ((await volume.target.store.backups(volume.name)).includes(name))
    throw new InconclusiveError(`the deletion of ${label} has not removed its config yet`);
};

/** Requests the deletion of a backup. Returns when Kubernetes has accepted it. */
export const requestDeletion = async (
  { cluster, timelines }: Context,
  backup: BackupHandle,
): Promise<void> => {
  backup.since.deleted = timelines.backups.lastSequence();
  await cluster.delete(longhornResources.backups, { namespace, name: backup.name });
};

/** Waits until a backup is gone, whatever its deletion went through before. */
export const untilGone = (
  { timelines, timeouts }: Context,
  { name, label }: BackupHandle,
  limit: Timeout = timeouts.deletedInTheEnd,
): Promise<unknown> =>
  waitUntilGone(timelines.backups, {
    name,
    label: `${label} is gone`,
    describe: describeBackup,
    ...limit,
  });

/** Deletes a backup and returns how long it took until it was gone, in ms. */
export const timeDeletion = async (context: Context, backup: BackupHandle): Promise<number> => {
  const start = performance.now();
  await requestDeletion(context, backup);
  await untilGone(context, backup, context.timeouts.firstDeleted);
  return performance.now() - start;
};

/**
 * Deletes backups one after the other, evenly spread over `over` milliseconds, and returns at the end of that time.
 * The deletions then have evenly spread ages. This is a schedule, not a wait for a state.
 */
export const deleteSpread = async (
  context: Context,
  { backups, over }: { backups: readonly BackupHandle[]; over: number },
): Promise<void> => {
  const start = performance.now();
  for (const [at, backup] of backups.entries()) {
    await after(Math.max(0, (over * at) / backups.length - (performance.now() - start)));
    await requestDeletion(context, backup);
  }
  await after(Math.max(0, over - (performance.now() - start)));
};

/**
 * Kills the longhorn-manager pods on the nodes in `status.ownerID` of these backups; returns when Kubernetes has
 * accepted that. Throws if no backup has an owner. Uses no grace period: the second container ignores the signal, so
 * the pod would stay for 30 s.
 */
export const killOwners = async (
  context: Context,
  backups: readonly BackupHandle[],
): Promise<(ManagerPod & InjectedFault)[]> => {
  const { cluster, timelines, timeouts, expected, faults } = context;
  for (const { name, label, since } of backups)
    if (since.deleted === undefined)
      await waitUntil(timelines.backups, ({ status }) => Boolean(status?.ownerID), {
        name,
        label: `${label} has an owner`,
        describe: describeBackup,
        ...timeouts.pending,
      });
  // List the pods before reading the owners, because owners may change while pods are listed.
  const pods = await managerPods(cluster);
  const owners = new Set(
    backups.map(({ name }) => timelines.backups.current(name)?.status?.ownerID).filter((owner) => owner),
  );
  const killed = pods.filter(({ node }) => owners.has(node));
  if (killed.length === 0)
    throw new Error(
      `no longhorn-manager pod owns ${backups.map(({ label }) => label).join(', ')}: status.ownerID names ${[...owners].join(', ') || 'no node'}, and pods run on ${pods.map(({ node }) => node).join(', ') || 'none'}`,
    );
  for (const backup of backups) {
    backup.since.orphaned = timelines.backups.lastSequence();
    expected.push({ id: 'deletion-forgotten', of: backup.name });
  }
  return Promise.all(
    killed.map(async (pod) => ({ ...pod, ...(await faults.inject(managerKilled(cluster, pod))) })),
  );
};

/**
 * Returns why a deletion that was not forgotten proves nothing: the store had refused the attempt before the manager
 * was killed, so none was under way. Undefined if something else went wrong.
 */
export const endedBeforeKill = (
  error: unknown,
  { label, version }: { label: string; version: string },
): InconclusiveError | undefined => {
  if (!(error instanceof ExpectationError) || error.verdict.state !== 'broken') return undefined;
  const last = error.verdict.last as Backup | undefined;
  if (last === undefined || !deletionFailed('', ['deletion-denied'], version).matches(last)) return undefined;
  return new InconclusiveError(
    `the attempt to delete ${label} ended before its longhorn-manager was killed\n${error.message}`,
  );
};
