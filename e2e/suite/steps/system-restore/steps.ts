import { isDeepStrictEqual } from 'node:util';
import {
  expectHistory,
  timeoutOf,
  unlessTimedOut,
  waitUntil,
  waitUntilGone,
} from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { tryCreation } from '../../../kube/dry-run.ts';
import type { RecurringJob } from '../../../longhorn/job-types.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
  readNow,
} from '../../../longhorn/resources.ts';
import type { SystemRestore, Volume } from '../../../longhorn/types.ts';
import { mustBeRefused } from '../admission/steps.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type {
  BackupHandle,
  SystemBackupHandle,
  TargetHandle,
  VolumeHandle,
  WrittenData,
} from '../handles.ts';
import type { AnyJobHandle } from '../job/job.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { type RestoreHandle, watchRestore } from '../restore/restore.ts';
import { changeSetting, readSetting } from '../setting/setting.ts';
import { step } from '../step.ts';
import { describeSystemBackup, systemBackupState } from '../system-backup/system-backup.ts';
import { judgeWithin, type Timeout } from '../timeouts.ts';
import { readData } from '../volume/data.ts';
import { judgeRestoredData } from '../volume/restored.ts';
import { attach, untilCloned } from '../volume/volume.ts';

const resource = longhornResources.systemRestores;

/** A system restore that a step made. `from`: the last sequence of the volumes' timeline before it. */
export type SystemRestoreHandle = {
  name: string;
  label: string;
  from: number;
  timeline: Timeline<SystemRestore>;
};

const systemRestoreIs = namedState('system-restore-is', (state: string) => ({
  label: state === '' ? 'new' : state,
  matches: (object: SystemRestore) => systemBackupState(object) === state,
}));

/** A StorageClass that a step made. `before`: the setting's value before it named this one. */
type StorageClassHandle = { name: string; before: string };

const classSetting = 'default-longhorn-static-storage-class';
const classes = resources.storageClasses;

const makeClass = async ({ cluster, run }: Context, name: string): Promise<void> =>
  void (await cluster.create(classes, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, labels: runLabel(run) },
    provisioner: 'driver.longhorn.io',
  }));

/** A PersistentVolume that a step made, the name of its volume, which may not be there, and that of its claim. */
type PersistentVolumeHandle = { name: string; volume: string; claim?: string };

type PersistentVolume = KubernetesObject & { spec: { claimRef?: { name: string } } };

const followPersistentVolumes = ({ cluster, scenarioSignal: signal }: Context) =>
  follow<PersistentVolume>(cluster, resources.persistentVolumes, { signal });

// A claim of the class that has the name of the PersistentVolume. No StorageClass has that name.
const makeClaim = async (
  context: Context,
  storageClassName: string,
  name = context.uniqueName('claim'),
): Promise<string> => {
  context.made.persistentVolumeClaims.push(name);
  await context.cluster.create(resources.persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, labels: runLabel(context.run) },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  return name;
};

const isClaimed = ({ spec }: PersistentVolume): boolean => spec.claimRef !== undefined;

const makePersistentVolume = async (
  { cluster, run }: Context,
  { name, volume: volumeHandle }: PersistentVolumeHandle,
): Promise<void> =>
  void (await cluster.create(resources.persistentVolumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, labels: runLabel(run) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      csi: { driver: 'driver.longhorn.io', fsType: 'ext4', volumeHandle },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: name,
    },
  }));

/** The pods of a system restore's Job. */
const podsOf = async (
  { cluster }: Context,
  { name }: SystemRestoreHandle,
): Promise<KubernetesObject['metadata'][]> => {
  const labelSelector = `job-name=longhorn-system-rollout-${name}`;
  const { items } = await cluster.list<KubernetesObject>(resources.pods, { namespace, labelSelector });
  return items.map(({ metadata }) => metadata);
};

/** Whether a line of the log of a system restore's pod has all these parts. */
const isLoggedBy = async (
  context: Context,
  restore: SystemRestoreHandle,
  ...parts: string[]
): Promise<boolean> => {
  const pods = await podsOf(context, restore);
  const logs = pods.map(({ name }) => context.cluster.logs({ namespace, name }));
  return (await Promise.all(logs))
    .flatMap((log) => log.split('\n'))
    .some((line) => parts.every((part) => line.includes(part)));
};

/** The states of a system restore (system_restore_controller.go, and systemRollout in system_rollout_controller.go). */
const restoreStates = ['Pending', 'Downloading', 'Unpacking', 'Restoring', 'Completed'];

const newSystemRestore = (context: Context, systemBackup: SystemBackupHandle) => ({
  apiVersion,
  kind: 'SystemRestore',
  metadata: { name: context.uniqueName('restore'), namespace, labels: runLabel(context.run) },
  spec: { systemBackup: systemBackup.name },
});

/** Returns when it is Completed, or in Error for a reason. Throws without one. */
const untilRestoreEnds = async (
  { timeouts }: Context,
  { name, label, timeline }: SystemRestoreHandle,
  limit: Timeout = timeouts.systemRestoreEnds,
): Promise<SystemRestore> => {
  const found = await waitUntil(
    timeline,
    (object) => ['Completed', 'Error'].includes(systemBackupState(object)),
    { name, label: `${label} ends`, describe: describeSystemBackup, ...limit },
  );
  const hasReason = found.status?.conditions?.some(({ type, message }) => type === 'Error' && message);
  if (systemBackupState(found) === 'Error' && !hasReason)
    throw new Error(`${label} is Error, without a reason`);
  return found;
};

/** Throws if a restore ends only once an object is made by hand. Its log must say that it waits for that. */
const mustEndWithout = async (
  context: Context,
  restore: SystemRestoreHandle,
  { what, logged, make }: { what: string; logged: string[]; make: () => Promise<unknown> },
): Promise<void> => {
  const { name, label, timeline } = restore;
  const { timeouts } = context;
  await waitUntil(timeline, (object) => restoreStates.indexOf(systemBackupState(object)) > 2, {
    ...{ name, label: `${label} restores`, describe: describeSystemBackup },
    ...timeouts.systemRestoreEnds,
  });
  const cause = await timeoutOf(untilRestoreEnds(context, restore, timeouts.systemRestoreGoesOn));
  if (cause === undefined) return;
  // The log escapes the quotation marks around the name.
  if (!(await isLoggedBy(context, restore, ...logged)))
    throw new InconclusiveError(`nothing says what ${label} waits for`, { cause });
  await make();
  await untilRestoreEnds(context, restore);
  throw new PromiseBroken(
    `${label} stayed Restoring until ${what}, was made by hand`,
    { kind: 'SystemRestore', name, state: 'Restoring' },
    { cause },
  );
};

const completedWithout = (
  { name, label }: SystemRestoreHandle,
  volume: Pick<VolumeHandle, 'name'>,
): PromiseBroken =>
  new PromiseBroken(`${label} is Completed, and ${volume.name} is not there`, {
    kind: 'SystemRestore',
    name,
    state: 'Completed',
  });

/** The steps that restore system backups. They need all of Longhorn alone. */
export const systemRestoreSteps = {
  /** All volumes of the cluster must be detached. Returns when Kubernetes has accepted it. */
  'when.systemRestored': step({
    sentence: 'When {label} is restored',
    action: async (context: Context, systemBackup: SystemBackupHandle): Promise<SystemRestoreHandle> => {
      const { cluster, made, scenarioSignal: signal, timelines } = context;
      const timeline = await follow<SystemRestore>(cluster, resource, { namespace, signal });
      const from = timelines.volumes.lastSequence();
      const object = newSystemRestore(context, systemBackup);
      const { name } = object.metadata;
      made.systemRestores.push(name);
      await cluster.create(resource, object);
      return { name, label: `the restore of ${systemBackup.label}`, from, timeline };
    },
    detail: ({ name }) => name,
  }),
  /** Without `during`: while a volume is attached. */
  'then.systemRestoreRefused': step({
    sentence: 'Then a restore of {label} is rejected while {why}',
    parameters: (systemBackup, during) => ({
      label: systemBackup,
      why: during === undefined ? 'a volume is attached' : 'another one is under way',
    }),
    action: async (context: Context, systemBackup: SystemBackupHandle, during?: SystemRestoreHandle) => {
      if (during !== undefined)
        await waitUntil(
          during.timeline,
          (object) => ['Restoring', 'Completed', 'Error'].includes(systemBackupState(object)),
          { name: during.name, label: `${during.label} is under way`, ...context.timeouts.systemRestoreEnds },
        );
      const answer = await tryCreation(context.cluster, resource, newSystemRestore(context, systemBackup));
      const state = during?.timeline.current(during.name)?.status?.state;
      if (during !== undefined && !('refused' in answer) && (state === 'Completed' || state === 'Error'))
        throw new InconclusiveError(`${during.label} had ended before another one was requested`);
      return mustBeRefused(answer);
    },
  }),
  /** The other one has just been requested. */
  'then.secondRestoreRefused': step({
    sentence: 'Then a second restore of {label} is rejected at once',
    action: async (context: Context, systemBackup: SystemBackupHandle, first: SystemRestoreHandle) => {
      const answer = await tryCreation(context.cluster, resource, newSystemRestore(context, systemBackup));
      if ('refused' in answer) return mustBeRefused(answer);
      const { name, label } = first;
      const found = await readNow<SystemRestore>(context.cluster, resource, name);
      const state = found?.status?.state ?? '';
      if (found === undefined || !['', 'Pending'].includes(state))
        throw new InconclusiveError(`${label} was ${state || 'gone'} before a second one was judged`);
      throw new PromiseBroken(`a second restore is accepted while ${label} is ${state || 'new'}`, {
        kind: 'SystemRestore',
        name,
        state,
      });
    },
  }),
  'then.systemRestoreCompletes': step({
    sentence: 'Then {label} goes through its states to Completed',
    action: (context: Context, { name, label, timeline }: SystemRestoreHandle) =>
      judgeWithin(
        expectHistory(timeline, { name, label, describe: describeSystemBackup })
          .startingAs(systemRestoreIs(''))
          .allowing(systemRestoreIs('Initializing'))
          .goes(...restoreStates.map((state) => systemRestoreIs(state))),
        context.timeouts.systemRestoreEnds,
      ),
  }),
  /** It cannot read the system backup, or cannot make this volume. */
  'then.systemRestoreFails': step({
    sentence: 'Then {label} goes Error, with a reason',
    action: async (context: Context, restore: SystemRestoreHandle, volume?: VolumeHandle) => {
      const { label } = restore;
      if (systemBackupState(await untilRestoreEnds(context, restore)) === 'Error') return;
      if (volume === undefined) throw new Error(`${label} is Completed`);
      if (await readNow(context.cluster, longhornResources.volumes, volume.name))
        throw new InconclusiveError(`${label} could make ${volume.name}`);
      throw completedWithout(restore, volume);
    },
  }),
  /** Longhorn begins to make volumes 6 s after it is Restoring. The pod is that of a Job, which makes another one. */
  'when.restorePodKilled': step({
    sentence: 'When the pod of {label} is killed before it makes volumes',
    action: async (context: Context, restore: SystemRestoreHandle) => {
      const { cluster, timeouts } = context;
      const { name, label, timeline } = restore;
      const states = ['Restoring', 'Completed', 'Error'];
      const found = await waitUntil(timeline, (object) => states.includes(systemBackupState(object)), {
        ...{ name, label: `${label} is Restoring`, describe: describeSystemBackup },
        ...timeouts.systemRestoreEnds,
      });
      const [pod] = await podsOf(context, restore);
      if (systemBackupState(found) !== 'Restoring' || pod?.uid === undefined)
        throw new InconclusiveError(`${label} is ${describeSystemBackup(found)}, and has no pod to kill`);
      const options = { gracePeriodSeconds: 0, uid: pod.uid };
      await cluster.delete(resources.pods, { namespace, name: pod.name }, options);
      return pod.name;
    },
    detail: (pod) => pod,
  }),
  /** Its pod was killed. It can make the volume. */
  'then.restartedRestoreGoesOn': step({
    sentence: 'Then {label} makes the volume all the same, or fails',
    action: async (context: Context, restore: SystemRestoreHandle, volume: VolumeHandle) => {
      if (systemBackupState(await untilRestoreEnds(context, restore)) === 'Error') return;
      if (!(await readNow(context.cluster, longhornResources.volumes, volume.name)))
        throw completedWithout(restore, volume);
    },
  }),
  /** Returns once the restore had time to make its volumes too. They follow within seconds, or wait for the target. */
  'then.targetMadeAgain': step({
    sentence: 'Then {label} has made the backup target again',
    action: async (
      { timelines, timeouts }: Context,
      { name, label, timeline }: SystemRestoreHandle,
      target: TargetHandle,
    ) => {
      await waitUntil(timelines.backupTargets, () => true, {
        ...{ name: target.name, label: `${label} makes backup target ${target.name}` },
        ...{ describe: () => 'there', ...timeouts.systemRestoreEnds },
      });
      const ends = waitUntil(timeline, (object) => systemBackupState(object) === 'Completed', {
        ...{ name, label: `${label} ends`, describe: describeSystemBackup },
        ...timeouts.systemRestoreGoesOn,
      });
      await unlessTimedOut(ends);
    },
  }),
  /** It is Completed. Returns the volume as one that is being restored. */
  'then.volumeMadeFrom': step({
    sentence: 'Then {label} has made the volume that was gone again, from {backup}',
    action: async (
      context: Context,
      restore: SystemRestoreHandle,
      backup: BackupHandle,
    ): Promise<RestoreHandle> => {
      const { label, from } = restore;
      const { volume } = backup;
      const found = await readNow<Volume>(context.cluster, longhornResources.volumes, volume.name);
      if (found === undefined) throw completedWithout(restore, volume);
      const source = found.spec.fromBackup ?? '';
      if (!`${source}&`.includes(`backup=${backup.name}&`))
        throw new PromiseBroken(
          `${label} has made ${volume.name} from ${source || 'no backup'}, not from ${backup.name}`,
          { kind: 'Volume', name: volume.name, state: 'made from another backup' },
        );
      const replicas = found.spec.numberOfReplicas ?? 1;
      return watchRestore(context, {
        ...{ name: volume.name, label: 'the volume made again', backup, from, replicas },
      });
    },
  }),
  /** Returns it as a volume on standby that was just made. */
  'then.standbyMadeAgain': step({
    sentence: 'Then {label} ends, and has made {standby} again',
    parameters: (restore, standby) => ({ label: restore, standby }),
    action: async (context: Context, restore: SystemRestoreHandle, standby: RestoreHandle) => {
      const { label, from } = restore;
      const state = systemBackupState(await untilRestoreEnds(context, restore));
      if (state !== 'Completed') throw new Error(`${label} is ${state}`);
      const found = await readNow<Volume>(context.cluster, longhornResources.volumes, standby.name);
      if (found === undefined) throw completedWithout(restore, standby);
      if (found.spec.Standby !== true) throw new Error(`${label} has made ${standby.name} without standby`);
      return watchRestore(context, { ...standby, from });
    },
  }),
  /** It is a clone, or was one before it was made again. Its size is that of the backup. */
  'then.clonedVolumeRestored': step({
    sentence: 'Then the volume that was cloned has the data of {backup}',
    parameters: ({ backup }) => ({ backup }),
    action: async (
      context: Context,
      restore: Pick<RestoreHandle, 'name' | 'backup'>,
      data: readonly WrittenData[],
    ) => {
      await untilCloned(context, restore.name);
      return judgeRestoredData(context, { ...restore, data });
    },
  }),
  /** The volume is detached. It is attached afterwards. */
  'then.volumeHasData': step({
    sentence: 'Then the volume that was there has the data that were written last',
    action: async (context: Context, volume: VolumeHandle, data: WrittenData) => {
      await attach(context, volume);
      const found = await readData(context, { volume, ...data });
      if (found !== data.sha256)
        throw new Error(`volume ${volume.name} has data with the checksum ${found}, not ${data.sha256}`);
    },
  }),
  /** By annotations of both volumes. */
  'then.volumesMarked': step({
    sentence: 'Then the volume that was made again names {label}, and the one that was there was left by it',
    action: async (
      { cluster }: Context,
      { name, timeline }: SystemRestoreHandle,
      { made, left }: { made: VolumeHandle; left: VolumeHandle },
    ) => {
      const source = timeline.current(name)?.spec?.systemBackup ?? '';
      for (const [volume, annotation] of [
        [made, 'longhorn.io/last-system-restored'],
        [left, 'longhorn.io/last-skipped-system-restored'],
      ] as const) {
        const found = await readNow<Volume>(cluster, longhornResources.volumes, volume.name);
        const marks = found?.metadata.annotations ?? {};
        const from = marks[annotation] ?? 'nothing';
        const at = marks[`${annotation}-at`] ?? 'no time';
        if (!`${from}/`.includes(`/${source}/`) || Number.isNaN(Date.parse(at)))
          throw new Error(`volume ${volume.name} has ${annotation}: ${from}, at ${at}, not ${source}`);
      }
    },
  }),
  /** Nobody uses it. Longhorn takes a moment to know it. */
  'given.storageClass': step({
    sentence: 'Given a StorageClass of Longhorn',
    action: async (context: Context): Promise<StorageClassHandle> => {
      const name = context.uniqueName('class');
      context.made.storageClasses.push(name);
      await makeClass(context, name);
      return { name, before: await readSetting(context, classSetting) };
    },
    detail: ({ name }) => name,
  }),
  /** Until the end of the scenario, whatever a system restore sets. */
  'given.classOfSetting': step({
    sentence: 'Given a setting of Longhorn that names the StorageClass',
    action: (context: Context, { name: after }: StorageClassHandle) =>
      changeSetting(context, { title: 'a setting names a StorageClass', name: classSetting, after }),
  }),
  /** As in a new cluster. */
  'when.classTakenAway': step({
    sentence: 'When the setting no longer names the StorageClass, which is deleted',
    action: async ({ cluster }: Context, { name, before: value }: StorageClassHandle) => {
      await cluster.patch(longhornResources.settings, { namespace, name: classSetting }, { value });
      await cluster.delete(classes, { name });
    },
  }),
  /** Neither is there. One that is made by hand shows whether the restore has waited for it. */
  'then.classMadeAgain': step({
    sentence: 'Then {label} has made the StorageClass again, and the setting names it',
    waitsForTimer: true,
    action: async (context: Context, restore: SystemRestoreHandle, { name }: StorageClassHandle) => {
      const { cluster, timeouts } = context;
      const { label, timeline } = restore;
      await waitUntil(
        timeline,
        (object) => !['', ...restoreStates.slice(0, 3)].includes(systemBackupState(object)),
        {
          ...{ name: restore.name, label: `${label} restores`, describe: describeSystemBackup },
          ...timeouts.systemRestoreEnds,
        },
      );
      const ends = (limit?: Timeout) => untilRestoreEnds(context, restore, limit);
      const cause = await timeoutOf(ends(timeouts.systemRestoreGoesOn));
      const { items } = await cluster.list(classes, { fieldSelector: `metadata.name=${name}` });
      const value = await readSetting(context, classSetting);
      if (cause === undefined) {
        if (items.length > 0 && value === name) return;
        throw new Error(
          `${label} has ended, with StorageClass ${name} ${items.length > 0 ? 'there' : 'missing'}, and with ${classSetting}: ${value}`,
        );
      }
      if (items.length > 0 || value === name) throw cause;
      await makeClass(context, name);
      await ends();
      const message = `${label} stayed Restoring until StorageClass ${name}, which it was to make, was made by hand`;
      throw new PromiseBroken(
        message,
        { kind: 'SystemRestore', name: restore.name, state: 'Restoring' },
        { cause },
      );
    },
  }),
  /** Its volume is not there, as after a deletion in Longhorn's user interface. Nobody claims it. */
  'given.persistentVolume': step({
    sentence: 'Given a PersistentVolume of Longhorn without a volume',
    action: async (context: Context): Promise<PersistentVolumeHandle> => {
      const [name, volume] = [context.uniqueName('pv'), context.uniqueName('none')];
      context.made.persistentVolumes.push(name);
      await makePersistentVolume(context, { name, volume });
      return { name, volume };
    },
    detail: ({ name }) => name,
  }),
  /** Returns when it is bound. The volume may be detached. */
  'given.claimedPersistentVolume': step({
    sentence: 'Given a PersistentVolume of the volume, and its claim',
    action: async (context: Context, { name: volume }: VolumeHandle) => {
      // A restore makes PersistentVolumes in the order of their names: this one before those of given.persistentVolume.
      const name = context.uniqueName('claimed');
      context.made.persistentVolumes.push(name);
      const watched = await followPersistentVolumes(context);
      await makePersistentVolume(context, { name, volume });
      const claim = await makeClaim(context, name);
      const label = `PersistentVolume ${name} has its claim`;
      await waitUntil(watched, isClaimed, { name, label, ...context.timeouts.jobsGone });
      return { name, volume, claim };
    },
    detail: ({ name, claim }) => `${name}, ${claim}`,
  }),
  /** Nothing makes a PersistentVolume for it. */
  'given.otherClaim': step({
    sentence: 'Given another claim of the same class and size, which waits',
    action: (context: Context, { name }: PersistentVolumeHandle) => makeClaim(context, name),
    detail: (name) => name,
  }),
  /** Its own claim is restored after all PersistentVolumes. */
  'then.keptForClaim': step({
    sentence: 'Then {label} keeps the PersistentVolume for its own claim',
    waitsForTimer: true,
    action: async (context: Context, { label }: SystemRestoreHandle, lost: PersistentVolumeHandle) => {
      const { name, claim } = lost;
      const watched = await followPersistentVolumes(context);
      const { spec } = await waitUntil(watched, isClaimed, {
        ...{ name, label: `${label} makes PersistentVolume ${name}, and a claim has it` },
        ...context.timeouts.systemRestoreEnds,
      });
      if (spec.claimRef?.name === claim) return;
      throw new PromiseBroken(
        `${label} has made PersistentVolume ${name}, and claim ${spec.claimRef?.name} has it, not ${claim}`,
        { kind: 'PersistentVolume', name, state: 'with another claim' },
      );
    },
  }),
  /** As in a new cluster. Returns when it is gone. */
  'when.persistentVolumeDeleted': step({
    sentence: 'When the PersistentVolume is deleted{claim}',
    parameters: ({ claim }) => ({ claim: claim === undefined ? '' : ', and its claim' }),
    action: async (context: Context, { name, claim }: PersistentVolumeHandle) => {
      const { cluster, timeouts } = context;
      const watched = await followPersistentVolumes(context);
      if (claim !== undefined)
        await cluster.delete(resources.persistentVolumeClaims, { namespace, name: claim });
      await cluster.delete(resources.persistentVolumes, { name });
      const label = `PersistentVolume ${name} is gone`;
      await waitUntilGone(watched, { name, label, ...timeouts.jobsGone });
    },
  }),
  'then.endsDespitePersistentVolume': step({
    sentence: 'Then {label} ends',
    waitsForTimer: true,
    action: (context: Context, restore: SystemRestoreHandle, lost: PersistentVolumeHandle) =>
      mustEndWithout(context, restore, {
        what: `PersistentVolume ${lost.name}, whose volume is not there`,
        logged: ['volume.longhorn.io', lost.volume, 'not found'],
        make: () => makePersistentVolume(context, lost),
      }),
  }),
  /** It waited as the system backup was made. */
  'then.endsDespiteClaim': step({
    sentence: 'Then {label} ends',
    waitsForTimer: true,
    action: (
      context: Context,
      restore: SystemRestoreHandle,
      { name: storageClass }: PersistentVolumeHandle,
      claim: string,
    ) =>
      mustEndWithout(context, restore, {
        what: `claim ${claim}, which had no PersistentVolume`,
        logged: ['PersistentVolumeClaimList', 'persistentvolume', 'not found'],
        make: () => makeClaim(context, storageClass, claim),
      }),
  }),
  'when.claimDeleted': step({
    sentence: 'When the claim that waits is deleted',
    action: async ({ cluster }: Context, name: string) => {
      await cluster.delete(resources.persistentVolumeClaims, { namespace, name });
    },
  }),
  'when.jobTakenAway': step({
    sentence: 'When the recurring job is deleted, and gone',
    action: async ({ cluster, timeouts }: Context, { name, watched }: AnyJobHandle) => {
      await cluster.delete(longhornResources.recurringJobs, { namespace, name });
      await waitUntilGone(watched.cronJobs, { name, label: `CronJob ${name} is gone`, ...timeouts.jobsGone });
    },
  }),
  /** It is Completed. */
  'then.jobMadeAgain': step({
    sentence: 'Then {label} has made the recurring job again, as it was',
    action: async (context: Context, { label }: SystemRestoreHandle, { name, spec }: AnyJobHandle) => {
      const found = await readNow<RecurringJob>(context.cluster, longhornResources.recurringJobs, name);
      if (found === undefined)
        throw new Error(`${label} is Completed, and recurring job ${name} is not there`);
      const { task, retain, cron, parameters } = found.spec;
      const is = { task, retain, cron, parameters };
      const was = { task: spec.task, retain: spec.retain, cron: spec.cron, parameters: spec.parameters };
      if (!isDeepStrictEqual(is, was))
        throw new Error(`recurring job ${name} is ${JSON.stringify(is)}, not ${JSON.stringify(was)}`);
    },
  }),
};
