import { randomBytes } from 'node:crypto';
import { waitUntil } from '../../../history/expectation.ts';
import type { AnyFatalState } from '../../../history/fatal-states.ts';
import { namingCause } from '../../../history/nearest-cause.ts';
import { unlessGone } from '../../../kube/cluster.ts';
import { lossOf } from '../../../kube/objects.ts';
import { ordinal } from '../../../kube/text.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import {
  longhornApiVersion as apiVersion,
  backupLabels,
  longhornResources,
  longhornNamespace as namespace,
  readNow,
} from '../../../longhorn/resources.ts';
import { syncRequest } from '../../../longhorn/sync-request.ts';
import type { Backup, BackupVolume } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { isBackupOf, runLabel } from '../created-objects.ts';
import type { BackupHandle, SnapshotHandle, VolumeHandle } from '../handles.ts';
import { mebibyte } from '../sizes.ts';
import { judgeWithin } from '../timeouts.ts';
import { causeOfBackup } from '../volume/causes.ts';
import { writeData } from '../volume/data.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import { completes } from './expectations.ts';

/** Returns the name in sentences for the next backup of a scenario: "the second backup". */
export const nextLabel = ({ made }: Pick<Context, 'made'>): string =>
  `the ${ordinal(made.backups.length + 1)} backup`;

/**
 * How to make a backup. `mode` full sends all blocks, even those that the store has; the default sends only changed
 * blocks. `documented` sets only the fields that the YAML in Longhorn's documents has.
 */
export type BackupOptions = { mode?: 'full'; labels?: Record<string, string>; documented?: boolean };

/** Creates a Backup object for a snapshot. Returns when Kubernetes has accepted it, before Longhorn has seen it. */
export const requestBackup = async (
  context: Context,
  snapshot: SnapshotHandle,
  {
    mode,
    labels,
    documented = false,
    // The form of the names that Longhorn's API makes. The config file is then `backup_backup-....cfg`, as the commands
    // in the documents expect.
    name = `backup-${randomBytes(8).toString('hex')}`,
  }: BackupOptions & { name?: string } = {},
): Promise<BackupHandle> => {
  const { cluster, timelines, made, run, missingCapabilities } = context;
  const { name: volume, target } = snapshot.volume;
  const label = nextLabel(context);
  const from = timelines.backups.lastSequence();
  made.backups.push(name);
  await cluster.create(longhornResources.backups, {
    apiVersion,
    kind: 'Backup',
    metadata: {
      name,
      namespace,
      labels: {
        ...runLabel(run),
        ...backupLabels({ volume, ...(!documented && { target: target.name }) }),
      },
    },
    spec: {
      snapshotName: snapshot.name,
      ...(labels && { labels }),
      // A volume without a block device cannot be written to. An incremental backup of it would send nothing and end
      // before its upload is observed.
      ...(!documented && {
        backupMode: mode ?? (missingCapabilities.includes('block-device') ? 'full' : 'incremental'),
      }),
    },
  });
  return { name, label, volume: snapshot.volume, snapshot, since: { made: from } };
};

/** Reads a Backup anew, because its watch may be behind others. Undefined if it is gone. */
export const readBackup = (
  { cluster }: Pick<Context, 'cluster'>,
  { name }: Pick<BackupHandle, 'name'>,
): Promise<Backup | undefined> => readNow(cluster, longhornResources.backups, name);

/** Throws if a backup is gone or being deleted. */
export const mustBeKept = async (
  context: Context,
  backup: Pick<BackupHandle, 'name' | 'label'>,
): Promise<void> => {
  const loss = lossOf(await readBackup(context, backup));
  if (loss !== undefined) throw new Error(`${backup.label} (${backup.name}) is ${loss}`);
};

/** Waits until a backup is Completed. Throws at once if it fails. */
export const untilCompleted = async (
  context: Pick<Context, 'cluster' | 'timelines' | 'timeouts'>,
  backup: BackupHandle,
): Promise<void> => {
  const { timelines, timeouts } = context;
  await namingCause(
    () =>
      judgeWithin(
        completes(timelines.backups, { ...backup, from: backup.since.made }),
        timeouts.backupCompleted,
      ),
    (signal) => causeOfBackup(context, backup, signal),
  );
};

/**
 * Waits until Longhorn has listed a completed backup, the newest of its volume, in the store. Before that, a deleted
 * backup goes without a state Deleting and leaves its files behind, and the pending listing would meet a fault that
 * is injected later.
 */
export const untilSettled = async (
  { timelines, timeouts }: Context,
  { name, volume, label }: BackupHandle,
): Promise<void> => {
  const ofVolume = isBackupOf(volume);
  const lists = (known: BackupVolume) => ofVolume(known) && known.status?.lastBackupName === name;
  await waitUntil(timelines.backupVolumes, lists, {
    label: `Longhorn has listed ${label} of volume ${volume.name} in the store`,
    ...timeouts.backupVolumeKnown,
  });
  // Of 16 to 19 blocks, a backup may be Completed before its config is written and read.
  await waitUntil(timelines.backups, ({ status }) => Boolean(status?.url), {
    name,
    label: `Longhorn has read ${label} in the store`,
    describe: describeBackup,
    ...timeouts.backupVolumeKnown,
  });
};

/** Returns the backup volume of a volume. Undefined if Longhorn has none. */
const findBackupVolume = ({ timelines }: Context, volume: VolumeHandle): BackupVolume | undefined =>
  timelines.backupVolumes.objects().find(isBackupOf(volume));

/** Returns the backup volume of a volume. Throws if Longhorn has none. */
export const knownBackupVolume = (context: Context, volume: VolumeHandle): BackupVolume => {
  const known = findBackupVolume(context, volume);
  if (known === undefined) throw new Error(`Longhorn knows nothing of volume ${volume.name} in the store`);
  return known;
};

/** Makes Longhorn sync a backup volume, even if a sync is under way. Returns the time of the request. */
export const requestBackupVolumeSync = async ({ cluster }: Context, known: BackupVolume): Promise<string> => {
  const syncRequestedAt = await syncRequest(known);
  const object = { namespace, name: known.metadata.name };
  await cluster.patch(longhornResources.backupVolumes, object, { spec: { syncRequestedAt } });
  return syncRequestedAt;
};

/** The time of the last sync of a volume's backup volume. Undefined if there was none. */
export const lastBackupVolumeSync = (context: Context, volume: VolumeHandle): string | undefined =>
  findBackupVolume(context, volume)?.status?.lastSyncedAt ?? undefined;

/** Makes Longhorn sync the backup volume of one volume. Returns the time of the request; undefined if it has none. */
export const syncBackupVolume = async (
  context: Context,
  volume: VolumeHandle,
): Promise<string | undefined> => {
  const known = findBackupVolume(context, volume);
  return known && (await requestBackupVolumeSync(context, known));
};

/**
 * Changes an annotation of a backup, so that Longhorn reconciles it now and not only after its 30 s. Ignores a backup
 * that is gone.
 */
export const touchBackup = async ({ cluster }: Context, { name }: BackupHandle): Promise<void> => {
  await cluster
    .patch(
      longhornResources.backups,
      { namespace, name },
      { metadata: { annotations: { 'corral.test/touched': new Date().toISOString() } } },
    )
    .catch(unlessGone);
};

// Each backup overwrites these blocks. So each backup has blocks that no other backup refers to.
const ownData = { offset: 0, size: 4 * mebibyte };

/** Makes completed, settled backups of a volume, one after the other. Each has blocks that no other has. */
export const makeBackups = async (
  context: Context,
  { volume, count }: { volume: VolumeHandle; count: number },
): Promise<BackupHandle[]> => {
  const backups: BackupHandle[] = [];
  for (let made = 0; made < count; made += 1) {
    await writeData(context, { volume, ...ownData });
    const backup = await requestBackup(context, await makeSnapshot(context, volume));
    await untilCompleted(context, backup);
    backups.push(backup);
  }
  const last = backups.at(-1);
  if (last !== undefined) await untilSettled(context, last);
  return backups;
};

/**
 * Compares the expected backups with the configs found in a store. `gone` are expected backups without a config;
 * `left` are configs without an expected backup, ignored with `ignoreOthers`. `problems` has a line for each.
 */
export const compareConfigs = (
  expected: readonly BackupHandle[],
  found: readonly string[],
  { ignoreOthers = false } = {},
): { gone: string[]; left: string[]; problems: string[] } => {
  const names = expected.map(({ name }) => name).sort();
  const gone = names.filter((name) => !found.includes(name));
  const left = found.filter((name) => !ignoreOthers && !names.includes(name));
  const problems = [
    ...gone.map((name) => `backup ${name} has no config`),
    ...left.map((name) => `backup ${name} still has a config`),
  ];
  return { gone, left, problems };
};

/**
 * Waits until Longhorn has read the backup from the store, as Completed, and does not delete it. `fatal` states end
 * the wait at once.
 */
export const untilKnown = (
  { timelines, timeouts }: Context,
  { name, label }: BackupHandle,
  fatal: readonly AnyFatalState[] = [],
): Promise<Backup> =>
  waitUntil(
    timelines.backups,
    (backup) =>
      backupState(backup) === 'Completed' &&
      Boolean(backup.status?.url) &&
      backup.metadata.deletionTimestamp === undefined,
    { name, label: `Longhorn knows ${label}, Completed`, fatal, ...timeouts.writtenBackupKnown },
  );
