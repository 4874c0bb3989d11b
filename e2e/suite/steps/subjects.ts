import { admissionSteps } from './admission/steps.ts';
import { backupSteps } from './backup/steps.ts';
import { bugSteps } from './bugs/steps.ts';
import { kubernetesStatusSteps } from './claim/kubernetes-status.ts';
import { claimSteps } from './claim/steps.ts';
import { everyMessageIsKnown, managerSteps, noManagerEnded } from './conclude/conclude.ts';
import type { Context } from './context.ts';
import { csiSteps } from './csi/steps.ts';
import { deletionSteps } from './deletion/steps.ts';
import { detailSteps } from './details/steps.ts';
import { engineImageSteps } from './engine-image/steps.ts';
import { faultSteps } from './fault/steps.ts';
import { longhornIsReady } from './find-longhorn.ts';
import { foreignSteps } from './foreign/steps.ts';
import { jobSteps } from './job/steps.ts';
import { jobAgeSteps } from './job-age/steps.ts';
import { jobRestoreSteps } from './job-restore/steps.ts';
import { jobTaskSteps } from './job-tasks/steps.ts';
import { lockSteps } from './lock/steps.ts';
import { managerStartSteps } from './manager-start/steps.ts';
import { nodeSteps } from './node/steps.ts';
import { restoreSteps } from './restore/steps.ts';
import { retargetSteps } from './retarget/steps.ts';
import { settingSteps } from './setting/steps.ts';
import { bind } from './step.ts';
import { storeSteps } from './store/steps.ts';
import { streamSteps } from './streams/steps.ts';
import { systemBackupSteps } from './system-backup/steps.ts';
import { systemBackupJobSteps } from './system-backup-jobs/steps.ts';
import { systemBackupVolumeSteps } from './system-backup-volumes/steps.ts';
import { systemRestoreSteps } from './system-restore/steps.ts';
import { ownStore, ownTarget, targetSteps } from './target/steps.ts';
import { turnSteps } from './turn/steps.ts';
import { uiSteps } from './ui/steps.ts';
import { uiDetailSteps } from './ui-details/steps.ts';
import { uiJobSteps } from './ui-jobs/steps.ts';
import { uiListSteps } from './ui-lists/steps.ts';
import { uiRestoreSteps } from './ui-restore/steps.ts';
import { uiSystemSteps } from './ui-system/steps.ts';
import { uiTableSteps } from './ui-tables/steps.ts';
import { uiVolumeSteps } from './ui-volume/steps.ts';
import { uiVolumesSteps } from './ui-volumes/steps.ts';
import { uninstallationSteps } from './uninstallation/steps.ts';
import { upgradeSteps } from './upgrade/steps.ts';
import { hasRestoredData, volumeSteps } from './volume/steps.ts';
import { writeSteps } from './writes/steps.ts';

/** All steps that scenarios can call, by id: `given.volume`. */
export const steps = {
  ...turnSteps,
  ...faultSteps,
  ...volumeSteps,
  ...backupSteps,
  ...detailSteps,
  ...deletionSteps,
  ...lockSteps,
  ...storeSteps,
  ...foreignSteps,
  ...restoreSteps,
  ...nodeSteps,
  ...engineImageSteps,
  ...targetSteps,
  ...retargetSteps,
  ...jobSteps,
  ...jobTaskSteps,
  ...jobRestoreSteps,
  ...jobAgeSteps,
  ...systemBackupSteps,
  ...systemBackupJobSteps,
  ...systemBackupVolumeSteps,
  ...systemRestoreSteps,
  ...settingSteps,
  ...uninstallationSteps,
  ...upgradeSteps,
  ...uiSteps,
  ...uiTableSteps,
  ...uiRestoreSteps,
  ...uiJobSteps,
  ...uiVolumeSteps,
  ...uiSystemSteps,
  ...uiVolumesSteps,
  ...uiDetailSteps,
  ...uiListSteps,
  ...streamSteps,
  ...managerSteps,
  ...managerStartSteps,
  ...bugSteps,
  ...csiSteps,
  ...claimSteps,
  ...kubernetesStatusSteps,
  ...writeSteps,
  ...admissionSteps,
};

/** The steps that run in every scenario without a call. */
export const stepsOfAll = [
  everyMessageIsKnown,
  noManagerEnded,
  longhornIsReady,
  ownStore,
  ownTarget,
  hasRestoredData,
];

/** Returns the steps as functions for scenarios. */
export const bindSteps = (context: Context) => ({
  given: bind(context, steps, 'given'),
  when: bind(context, steps, 'when'),
  // biome-ignore lint/suspicious/noThenProperty: `then` is not a function, so the object is not taken for a promise.
  then: bind(context, steps, 'then'),
});

export type BoundSteps = ReturnType<typeof bindSteps>;
