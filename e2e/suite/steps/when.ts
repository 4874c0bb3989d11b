import type { Injected } from '../../faults/fault.ts';
import { formatDuration } from '../../kube/duration.ts';
import { nextLabel, requestBackup, requestDeletion, touchBackup } from './backup/backup.ts';
import { deleteSpread } from './backup/many-backups.ts';
import type { Context } from './context.ts';
import { killOwners } from './deletion/kill-owner.ts';
import { createWhenGivenBack, type WhenGivenBack } from './given-alone.ts';
import { type BackupHandle, type SnapshotHandle, tellLabels, type VolumeHandle } from './handles.ts';
import { createWhenOfJobs, type WhenOfJobs } from './job/when-of-jobs.ts';
import { createWhenOfLocks, type WhenOfLocks } from './lock/foreign-locks.ts';
import { createWhenOfPages, type WhenOfPages } from './ui/when-of-pages.ts';
import { removeVolume } from './volume/remove-volume.ts';

/** The steps that act. Each returns when Kubernetes has taken the wish; what comes of it is for the `then` steps. */
export type When = WhenGivenBack &
  WhenOfLocks &
  WhenOfJobs &
  WhenOfPages & {
    deleted(backup: BackupHandle): Promise<void>;
    backedUp(snapshot: SnapshotHandle): Promise<BackupHandle>;
    /** Longhorn is made to look at these backups now. */
    lookedAtAgain(...backups: BackupHandle[]): Promise<void>;
    released(fault: Injected): Promise<void>;
    /** The longhorn-manager pods that look after these backups now are killed, without grace. */
    ownerKilled(...backups: BackupHandle[]): Promise<void>;
    /** The backups are deleted one after the other, evenly spread over a time in milliseconds that is over when this returns. */
    deletedOneByOne(backups: readonly BackupHandle[], over: { time: number }): Promise<void>;
    /** The volume goes, and its snapshots with it; its backups stay. */
    volumeRemoved(volume: VolumeHandle): Promise<void>;
    /** The config of a backup whose deletion fails is mutable again. */
    madeMutable(immutable: Injected, of: BackupHandle): Promise<void>;
  };

/** Makes the when steps of a scenario. */
export const createWhen = (context: Context): When => ({
  ...createWhenGivenBack(context),
  ...createWhenOfLocks(context),
  ...createWhenOfJobs(context),
  ...createWhenOfPages(context),
  deleted: (backup) => context.step(`When ${backup.label} is deleted`, () => requestDeletion(context, backup)),
  backedUp: (snapshot) =>
    context.step(
      `When ${nextLabel(context)} is made from the snapshot`,
      () => requestBackup(context, snapshot),
      ({ name }) => name,
    ),
  lookedAtAgain: (...backups) =>
    context.step(`When Longhorn is made to look again at ${backups.map(({ label }) => label).join(' and ')}`, async () => {
      for (const backup of backups) await touchBackup(context, backup);
    }),
  released: (fault) =>
    context
      .step(
        `When ${fault.title} no longer`,
        () => fault.heal(),
        (told) => told,
      )
      .then(() => {}),
  ownerKilled: (...backups) =>
    context
      .step(
        `When the longhorn-manager ${backups.length === 1 ? 'pod that owns' : 'pods that own'} ${tellLabels(backups)} ${backups.length === 1 ? 'is' : 'are'} killed`,
        () => killOwners(context, backups),
        (killed) => killed.map(({ name, node }) => `${name} on ${node}`).join(', '),
      )
      .then(() => {}),
  deletedOneByOne: (backups, { time }) =>
    context.step(`When ${tellLabels(backups)} are deleted one after the other, within ${formatDuration(time)}`, () =>
      deleteSpread(context, { backups, over: time }),
    ),
  volumeRemoved: (volume) => context.step('When the volume is removed', () => removeVolume(context, volume)),
  madeMutable: (immutable, backup) =>
    context
      .step(
        `When ${immutable.title} no longer`,
        () => {
          backup.since.healed = context.timelines.backups.mark();
          return immutable.heal();
        },
        (told) => told,
      )
      .then(() => {}),
});
