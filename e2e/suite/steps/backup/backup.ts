import { randomBytes } from 'node:crypto';
import { once } from '../../../history/expectation.ts';
import { namingCause } from '../../../history/nearest-cause.ts';
import { unlessGone } from '../../../kube/cluster.ts';
import {
  longhornApiVersion as apiVersion,
  backupLabels,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import { syncRequest } from '../../../longhorn/sync-request.ts';
import type { BackupVolume } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, SnapshotHandle, VolumeHandle } from '../handles.ts';
import { isBackupOf, runLabel } from '../made.ts';
import { mebibyte } from '../sizes.ts';
import { judgeWithin } from '../timeouts.ts';
import { causeOfBackup } from '../volume/causes.ts';
import { writeData } from '../volume/data.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import { completes } from './expectations.ts';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** What sentences call the next backup of a scenario: "the second backup". */
export const nextLabel = ({ made }: Pick<Context, 'made'>): string =>
  `the ${ordinals[made.backups.length] ?? `${made.backups.length + 1}th`} backup`;

/**
 * How a backup is wished for. `mode`: all blocks are sent, also those that the store has; by default only those that
 * changed. `documented` has no more than the YAML in Longhorn's documents.
 */
export type BackupWish = { mode?: 'full'; labels?: Record<string, string>; documented?: boolean };

/**
 * Asks for a backup of a snapshot and returns when Kubernetes has taken the wish, before Longhorn has seen
 * it.
 */
export const requestBackup = async (
  context: Context,
  snapshot: SnapshotHandle,
  { mode, labels, documented = false }: BackupWish = {},
): Promise<BackupHandle> => {
  const { cluster, timelines, made, run, without } = context;
  const { name: volume, target } = snapshot.volume;
  const label = nextLabel(context);
  // As Longhorn's own API names them; its files are then `backup_backup-....cfg`, which the documents'
  // commands count on.
  const name = `backup-${randomBytes(8).toString('hex')}`;
  const mark = timelines.backups.mark();
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
      // A volume that nobody can write to has nothing new for an incremental one: its upload would end before
      // anybody sees it.
      ...(!documented && {
        backupMode: mode ?? (without.includes('block-device') ? 'full' : 'incremental'),
      }),
    },
  });
  return { name, label, volume: snapshot.volume, snapshot, since: { made: mark } };
};

/** Waits for a backup to be Completed; ends at once when it goes wrong. */
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
 * Waits until Longhorn has listed a completed backup, the volume's newest, in the store.
 * Of an unknown volume a backup that is deleted goes at once, without a state Deleting, and leaves its files
 * behind; and a listing that is still due would meet a fault that is brought about meanwhile.
 */
export const untilSettled = async (
  { timelines, timeouts }: Context,
  { name, volume, label }: BackupHandle,
): Promise<void> => {
  const ofVolume = isBackupOf({ volume: volume.name, target: volume.target.name });
  const lists = (known: BackupVolume) => ofVolume(known) && known.status?.lastBackupName === name;
  await once(timelines.backupVolumes, lists, {
    label: `Longhorn has listed ${label} of volume ${volume.name} in the store`,
    ...timeouts.backupVolumeKnown,
  });
};

/** Has Longhorn look at a backup volume, also where it is looking at it already. */
export const requestBackupVolumeSync = async ({ cluster }: Context, known: BackupVolume): Promise<void> =>
  void (await cluster.patch(
    longhornResources.backupVolumes,
    { namespace, name: known.metadata.name },
    { spec: { syncRequestedAt: await syncRequest(known) } },
  ));

/** Has Longhorn look at the backup volume of a volume alone; false where it knows none. */
export const syncBackupVolume = async (
  context: Context,
  { name: volume, target }: VolumeHandle,
): Promise<boolean> => {
  const known = context.timelines.backupVolumes.objects().find(isBackupOf({ volume, target: target.name }));
  if (known === undefined) return false;
  await requestBackupVolumeSync(context, known);
  return true;
};

/**
 * Touches a backup, so that Longhorn looks at it at once and not only when its 30 s are over (it watches for
 * changes of this object). Nobody has to look at one that has gone.
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

// Each backup overwrites what the one before it had: so each has blocks that go with it, and with no other.
const ownData = { offset: 0, size: 4 * mebibyte };

/** Makes completed, settled backups of a volume, one after the other, each with blocks of its own. */
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
 * The backups that a store has no config of, though it is to have one, and those that it has one of, though
 * it is not to, unless there may be some `besides`; and a line for each.
 */
export const compareConfigs = (
  expected: readonly BackupHandle[],
  found: readonly string[],
  { besides = false } = {},
): { gone: string[]; left: string[]; problems: string[] } => {
  const names = expected.map(({ name }) => name).sort();
  const gone = names.filter((name) => !found.includes(name));
  const left = found.filter((name) => !besides && !names.includes(name));
  const problems = [
    ...gone.map((name) => `backup ${name} has no config`),
    ...left.map((name) => `backup ${name} still has a config`),
  ];
  return { gone, left, problems };
};
