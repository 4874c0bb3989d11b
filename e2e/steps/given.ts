import { backupConfigPath, volumeFolder } from '../backupstore/layout.ts';
import type { Injected } from '../faults/fault.ts';
import { heldDeletion } from '../faults/held-deletion.ts';
import { immutableFile } from '../faults/immutable-file.ts';
import { managerPods } from '../longhorn/manager.ts';
import { nextLabel, requestBackup, untilCompleted, untilSettled } from './backup.ts';
import type { Context } from './context.ts';
import { writeData } from './data.ts';
import type { BackupHandle, SnapshotHandle, VolumeHandle, WrittenData } from './handles.ts';
import { inMebibytes } from './sizes.ts';
import { makeSnapshot } from './snapshot.ts';
import { makeVolume } from './volume.ts';

/** The steps that set a scene. */
export type Given = {
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
  /** From now on the deletion of this backup is stopped as soon as it starts; released by `when.released`, or by itself after a while. */
  heldDeletion(backup: BackupHandle): Promise<Injected>;
  /** The backup's config in the store is immutable: its deletion fails until `when.madeMutable`. */
  immutableConfig(backup: BackupHandle): Promise<Injected>;
};

/** Makes the given steps of a scenario. */
export const createGiven = (context: Context): Given => ({
  volume: ({ size, ...options }) =>
    context.step(
      `Given a volume of ${inMebibytes(size)}, attached to a node`,
      () => makeVolume(context, { size, ...options }),
      ({ name, node }) => `${name} on ${node}`,
    ),
  data: (volume, { offset, size }) =>
    context.step(
      `Given ${inMebibytes(size)} of random data in the volume, from ${inMebibytes(offset)} on`,
      () => writeData(context, { volume, offset, size }),
      ({ sha256 }) => `sha256 ${sha256}`,
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
  settledBackup: (volume) =>
    context.step(
      `Given ${nextLabel(context)}, completed and settled`,
      async () => {
        const backup = await requestBackup(context, await makeSnapshot(context, volume));
        await untilCompleted(context, backup);
        await untilSettled(context, backup);
        return backup;
      },
      ({ name }) => name,
    ),
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
});
