import { timeoutOf, waitUntil } from '../../../history/expectation.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { requestDeletion } from '../deletion/deletion.ts';
import type { BackupHandle, SystemBackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import type { RestoreHandle } from '../restore/restore.ts';
import { step } from '../step.ts';
import {
  brokenBySystemBackup,
  currentSystemBackup,
  describeSystemBackup,
  systemBackupState,
  untilSystemBackupIn,
} from '../system-backup/system-backup.ts';

/** Whether a backup is of a volume, and no step has made or found it before. */
const isNewBackupOf = ({ made }: Context, volume: VolumeHandle) => {
  const isOf = isBackupOf(volume);
  return (backup: Backup): boolean => isOf(backup) && !made.backups.includes(backup.metadata.name);
};

const newBackupsOf = async (context: Context, volume: VolumeHandle): Promise<Backup[]> => {
  const { items } = await context.cluster.list<Backup>(longhornResources.backups, { namespace });
  const found = items.filter(isNewBackupOf(context, volume));
  context.made.backups.push(...found.map(({ metadata }) => metadata.name));
  return found;
};

const toHandle = (
  { metadata: { name }, spec }: Backup,
  label: string,
  volume: VolumeHandle,
): BackupHandle => ({
  ...{ name, label, volume, since: { made: 0 } },
  snapshot: { name: spec.snapshotName ?? '', volume },
});

/**
 * The steps for what a system backup does with volumes. They need all volumes of the cluster alone. `called`: the name of
 * a volume in sentences.
 */
export const systemBackupVolumeSteps = {
  /** It is Ready. Returns its backups of the volume: Longhorn may have looked at it twice, and then made two. */
  'then.volumeBackedUp': step({
    sentence: 'Then {label} has backed up {volume}',
    parameters: (systemBackup, _, called) => ({ label: systemBackup, volume: called }),
    action: async (
      context: Context,
      systemBackup: SystemBackupHandle,
      volume: VolumeHandle,
      called: string,
    ): Promise<BackupHandle[]> => {
      const { label } = systemBackup;
      const found = await newBackupsOf(context, volume);
      if (found.length === 0)
        throw brokenBySystemBackup(
          `${label} is Ready, and ${called} (${volume.name}) has no backup since`,
          systemBackup,
          'Ready',
        );
      const unfinished = found.filter((each) => backupState(each) !== 'Completed');
      throwIfAny(
        unfinished.map((each) => `${each.metadata.name} is ${describeBackup(each)}`),
        `${label} is Ready, and the backup of ${called} is not`,
      );
      return found.map((each) => toHandle(each, `the backup of ${called} by ${label}`, volume));
    },
    detail: (backups) => backups.map(({ name }) => name).join(', '),
  }),
  /** It is Ready. */
  'then.volumeLeftOut': step({
    sentence: 'Then {label} has not backed up {volume}',
    parameters: (systemBackup, _, called) => ({ label: systemBackup, volume: called }),
    action: async (
      context: Context,
      { label }: SystemBackupHandle,
      volume: VolumeHandle,
      called: string,
    ): Promise<void> => {
      const [found] = await newBackupsOf(context, volume);
      if (found !== undefined)
        throw new Error(`${label} has backed up ${called} (${volume.name}): ${found.metadata.name}`);
    },
  }),
  /** It is Ready. Longhorn itself shows a snapshot of the volume, that of the restore, which nobody has asked for. */
  'then.standbyLeftAlone': step({
    sentence: 'Then {label} has made no snapshot and no backup of {standby}',
    parameters: (systemBackup, standby) => ({ label: systemBackup, standby }),
    action: async (context: Context, { label }: SystemBackupHandle, { name, backup }: RestoreHandle) => {
      const snapshots = context.timelines.snapshots
        .objects()
        .filter(({ spec }) => spec.volume === name && spec.createSnapshot === true);
      const made = [...snapshots, ...(await newBackupsOf(context, { ...backup.volume, name }))];
      throwIfAny(
        made.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
        `${label} has made something of ${name}, which is on standby`,
      );
    },
  }),
  /** Returns that backup. */
  'then.systemBackupFailsWithVolume': step({
    sentence: 'Then {label} goes Error, and names the backup of the volume that has failed',
    action: async (
      context: Context,
      systemBackup: SystemBackupHandle,
      volume: VolumeHandle,
    ): Promise<BackupHandle> => {
      const found = await untilSystemBackupIn(context, systemBackup, ['Ready', 'Error']);
      const made = await newBackupsOf(context, volume);
      const failed = made.find((each) => backupState(each) === 'Error');
      const seen = `${systemBackup.label} is ${describeSystemBackup(found)}`;
      if (failed === undefined)
        throw new Error(`${seen}, and no backup of ${volume.name} has failed (${made.map(describeBackup)})`);
      const { name } = failed.metadata;
      const says = found.status?.conditions?.find(({ type }) => type === 'Error')?.message ?? '';
      if (systemBackupState(found) !== 'Error' || !says.includes(name))
        throw new Error(`${seen}, although backup ${name} is ${describeBackup(failed)}`);
      return toHandle(failed, `the backup for ${systemBackup.label}`, volume);
    },
    detail: ({ name }) => name,
  }),
  /** The volume has an older backup. Longhorn looks at those of a system backup each 5 s. Returns the backup. */
  'when.itsBackupDeleted': step({
    sentence: 'When the backup that {label} makes of the volume is deleted as soon as it is Completed',
    action: async (
      context: Context,
      { label }: SystemBackupHandle,
      volume: VolumeHandle,
    ): Promise<BackupHandle> => {
      const { made, timelines, timeouts } = context;
      const isNew = isNewBackupOf(context, volume);
      const found = await waitUntil(
        timelines.backups,
        (each) => isNew(each) && ['Completed', 'Error'].includes(backupState(each)),
        { label: `the backup of ${label} ends`, describe: describeBackup, ...timeouts.systemBackupEnds },
      );
      made.backups.push(found.metadata.name);
      const backup = toHandle(found, `the backup of ${label}`, volume);
      await requestDeletion(context, backup);
      return backup;
    },
    detail: ({ name }) => name,
  }),
  /** A backup that it has made is gone, and Longhorn has looked at it meanwhile. */
  'then.systemBackupEndsWithoutIt': step({
    sentence: 'Then {label}, of which a backup was deleted, fails',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle): Promise<void> => {
      const { label } = systemBackup;
      const ends = untilSystemBackupIn(
        context,
        systemBackup,
        ['Ready', 'Error'],
        context.timeouts.requestTried,
      );
      const cause = await timeoutOf(ends);
      if (cause === undefined) {
        if (systemBackupState(await ends) === 'Error') return;
        throw new InconclusiveError(`${label} had seen its backup before that was deleted`);
      }
      const left = await currentSystemBackup(context, systemBackup);
      if (left === undefined || systemBackupState(left) !== 'CreatingVolumeBackups') throw cause;
      throw brokenBySystemBackup(
        `${label} still waits for a backup that is gone`,
        systemBackup,
        systemBackupState(left),
        { cause },
      );
    },
  }),
};
