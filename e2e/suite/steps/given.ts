import { backupConfigPath, volumeFolder } from '../../backupstore/layout.ts';
import type { Injected } from '../../faults/fault.ts';
import { heldDeletion } from '../../faults/held-deletion.ts';
import { immutableFile } from '../../faults/immutable-file.ts';
import { formatDuration } from '../../kube/duration.ts';
import { managerPods } from '../../longhorn/manager.ts';
import { nextLabel, requestBackup, untilCompleted, untilSettled } from './backup/backup.ts';
import { makeBackups, timeDeletion } from './backup/many-backups.ts';
import type { Context } from './context.ts';
import { createGivenAlone, type GivenAlone } from './given-alone.ts';
import { createGivenOfFaults, type GivenOfFaults } from './given-of-faults.ts';
import type { BackupHandle, SnapshotHandle, VolumeHandle, WrittenData } from './handles.ts';
import { createGivenOfJobs, type GivenOfJobs } from './job/given-of-jobs.ts';
import { createGivenOfLocks, type GivenOfLocks } from './lock/foreign-locks.ts';
import { inMebibytes } from './sizes.ts';
import { openBackupPage } from './ui/open-page.ts';
import type { PageHandle } from './ui/page-handle.ts';
import { writeData } from './volume/data.ts';
import { judgeRestored } from './volume/judge-restored.ts';
import { makeRestoredVolume } from './volume/restored-volume.ts';
import { makeSnapshot } from './volume/snapshot.ts';
import { makeVolume } from './volume/volume.ts';

/** The steps that set a scene. */
export type Given = GivenAlone &
  GivenOfFaults &
  GivenOfLocks &
  GivenOfJobs & {
    /** A volume attached to a node; sizes are in bytes. */
    volume(options: { size: number; node?: string }): Promise<VolumeHandle>;
    /** Random data in a stretch of a volume (bytes, whole MiB). */
    data(volume: VolumeHandle, stretch: { offset: number; size: number }): Promise<WrittenData>;
    /** A snapshot that can be backed up. */
    snapshot(volume: VolumeHandle): Promise<SnapshotHandle>;
    /** A completed backup of a snapshot. */
    backup(snapshot: SnapshotHandle): Promise<BackupHandle>;
    /** A completed backup of a volume as it is now, known to its BackupVolume: only such a one is deleted with its files. */
    settledBackup(volume: VolumeHandle): Promise<BackupHandle>;
    /** Completed, settled backups of a volume, each with some blocks of its own. */
    backups(volume: VolumeHandle, options: { count: number }): Promise<BackupHandle[]>;
    /** How long it takes to delete this backup, which is gone then; in milliseconds. */
    deletionTime(backup: BackupHandle): Promise<number>;
    /** From now on the deletion of this backup is stopped as soon as it starts; released by `when.released`, or by itself after a while. */
    heldDeletion(backup: BackupHandle): Promise<Injected>;
    /** The backup's config in the store is immutable: its deletion fails until `when.madeMutable`. */
    immutableConfig(backup: BackupHandle): Promise<Injected>;
    /** The page of the volume's backups in Longhorn's user interface, drawn; one of them must be settled. */
    backupPage(volume: VolumeHandle): Promise<PageHandle>;
  };

/** Makes the given steps of a scenario. */
export const createGiven = (context: Context): Given => ({
  ...createGivenOfFaults(context),
  ...createGivenAlone(context),
  ...createGivenOfLocks(context),
  ...createGivenOfJobs(context),
  volume: ({ size, ...options }) =>
    context.without.includes('block-device')
      ? givenRestored(context, size)
      : context.step(
          `Given a volume of ${inMebibytes(size)}, attached to a node`,
          () => makeVolume(context, { size, ...options }),
          ({ name, node }) => `${name} on ${node}`,
        ),
  data: (volume, { offset, size }) =>
    context.step(
      `Given ${inMebibytes(size)} of random data in the volume, from ${inMebibytes(offset)} on`,
      async (): Promise<WrittenData> => (volume.restored === undefined ? writeData(context, { volume, offset, size }) : { offset, size }),
      ({ sha256 }) => (sha256 === undefined ? 'they came with the volume, and nothing new is written' : `sha256 ${sha256}`),
    ),
  snapshot: (volume) =>
    context.step(
      'Given a snapshot of the volume',
      () => makeSnapshot(context, volume),
      ({ name }) => name,
    ),
  backup: (snapshot) =>
    context.step(
      `Given ${nextLabel(context)}, completed`,
      async () => {
        const backup = await requestBackup(context, snapshot);
        await untilCompleted(context, backup);
        return backup;
      },
      ({ name }) => name,
    ),
  settledBackup: async (volume) => {
    const settled = await context.step(
      `Given ${nextLabel(context)}, completed and settled`,
      async () => {
        const backup = await requestBackup(context, await makeSnapshot(context, volume));
        await untilCompleted(context, backup);
        await untilSettled(context, backup);
        return backup;
      },
      ({ name }) => name,
    );
    await judgeRestored(context, settled);
    return settled;
  },
  backups: (volume, { count }) =>
    context.step(
      `Given ${count} backups of the volume, each with data of its own`,
      () => makeBackups(context, { volume, count }),
      (backups) => `${backups[0]?.name ?? ''} to ${backups.at(-1)?.name ?? ''}`,
    ),
  deletionTime: (backup) =>
    context.step(`Given how long it takes to delete ${backup.label}`, () => timeDeletion(context, backup), formatDuration),
  heldDeletion: (backup) =>
    context.step(`Given a fault that holds the deletion of ${backup.label} open`, async () =>
      context.faults.inject(
        heldDeletion(context.cluster, { pods: await managerPods(context.cluster), backup: backup.name, label: backup.label }),
      ),
    ),
  immutableConfig: (backup) =>
    context.step(`Given the config of ${backup.label}, made immutable in the backup store`, () => {
      const { pod, root } = context.server;
      const path = `${root}/${volumeFolder(backup.volume.name)}/${backupConfigPath(backup.name)}`;
      context.expected.push({ id: 'deletion-denied', of: backup.name });
      return context.faults.inject(immutableFile(context.cluster, { pod, path, title: `the config of ${backup.label} is immutable` }));
    }),
  backupPage: (volume) =>
    context.step(
      "Given the page of the volume's backups in Longhorn's user interface",
      () => openBackupPage(context, volume),
      ({ forward }) => `through ${forward.pod()}`,
    ),
});

const givenRestored = (context: Context, size: number): Promise<VolumeHandle> =>
  context.step(
    `Given a volume of ${inMebibytes(size)}, restored from a backup that was written into the store, attached to a node without a frontend`,
    () => makeRestoredVolume(context, { size }),
    ({ name, node }) => `${name} on ${node}`,
  );
