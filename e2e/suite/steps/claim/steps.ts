import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { resources } from '../../../kube/cluster.ts';
import { volumeGroupLabel, volumeJobLabel } from '../../../longhorn/job-types.ts';
import { defaultBackupTarget, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { ClaimHandle } from '../csi/csi.ts';
import type { BackupHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import type { JobHandle } from '../job/job.ts';
import { throwIfAny } from '../judging.ts';
import { activate, type RestoreHandle } from '../restore/restore.ts';
import { littleData } from '../sizes.ts';
import { step } from '../step.ts';
import { firstTarget } from '../target/steps.ts';
import { claimRequests, postAction } from '../volume/api.ts';
import { requestRestore, untilReadInStore, untilRestored } from '../volume/restored.ts';
import { deleteVolume, readyNodes, untilAttachmentGone, untilDetached } from '../volume/volume.ts';
import {
  claimSpec,
  makeClaim,
  makePersistentVolumeFor,
  makeStorageClass,
  rememberVolume,
  untilBound,
  untilMadeFrom,
} from './claim.ts';
import { judgeFreeze, mustBeThawed, setFreezing } from './freeze.ts';
import { judgeRecords, writeRecords } from './records.ts';
import {
  createStatefulSet,
  deleteStatefulSet,
  differenceInPod,
  makeStatefulSet,
  plainInStore,
  removeFiles,
  type StatefulSetHandle,
  untilPodsReady,
  untilTaken,
  writeUnsynced,
  wrongSizes,
} from './workload.ts';

/** What a StorageClass names. `jobs`: one by its name and one by its group. */
type Named = { target?: TargetHandle; backup?: BackupHandle; jobs?: { of: JobHandle; byGroup: JobHandle } };

const parametersFor = async (context: Context, { target, backup, jobs }: Named) => ({
  numberOfReplicas: '1',
  ...(target && { backupTargetName: target.name }),
  ...(backup && { fromBackup: (await untilReadInStore(context, backup)).status?.url ?? '' }),
  ...(jobs && {
    recurringJobSelector: JSON.stringify([
      { name: jobs.of.name, isGroup: false },
      { name: jobs.byGroup.name, isGroup: true },
    ]),
  }),
});

/** The steps that make volumes for claims, and pods that have them. They need `block-device`. */
export const claimSteps = {
  'given.classNaming': step({
    sentence: 'Given a StorageClass that names {what}',
    parameters: ({ target, backup, jobs } = {}) => ({
      what:
        [
          ...(target ? ['a backup target'] : []),
          ...(backup ? [backup.label] : []),
          ...(jobs ? ['two recurring jobs, one of them by its group'] : []),
        ].join(' and ') || 'nothing',
    }),
    action: async (context: Context, named: Named = {}) =>
      makeStorageClass(context, await parametersFor(context, named)),
    detail: (name) => name,
  }),
  /** Returns its volume, which is not attached. */
  'when.claimMade': step({
    sentence: 'When a claim of {storageClass} is made, and Longhorn makes its volume',
    action: async (context: Context, storageClass: string): Promise<VolumeHandle> => {
      const target = await firstTarget(context);
      const { name, volume } = await makeClaim(context, claimSpec(storageClass, littleData.volume));
      rememberVolume(context.made, volume);
      await untilBound(context, [name]);
      return { name: volume, target, node: '', size: littleData.volume };
    },
    detail: ({ name }) => name,
  }),
  /** Returns when Longhorn has made the volume, which it then restores. */
  'then.claimGetsBackup': step({
    sentence: 'Then a claim of {storageClass}, which names {backup}, gets a volume that is restored from it',
    action: async (context: Context, storageClass: string, backup: BackupHandle) => {
      const from = context.timelines.volumes.lastSequence();
      const { volume } = await makeClaim(context, claimSpec(storageClass, backup.volume.size));
      rememberVolume(context.made, volume);
      const label = `the volume of the claim, restored from ${backup.label}`;
      return untilMadeFrom(context, { name: volume, label, backup, from, replicas: 1 });
    },
    detail: ({ name }) => name,
  }),
  /** As Longhorn's page does, which leaves the StorageClass open. Returns the name of the claim. */
  'when.claimedByApi': step({
    sentence: "When a PersistentVolume and a claim of {restore} are made by Longhorn's API",
    action: async (context: Context, { name, label, backup }: RestoreHandle): Promise<string> => {
      const { claim, requests } = claimRequests(context, name);
      const [node = ''] = await readyNodes(context);
      for (const [action, body] of Object.entries(requests)) {
        const { isAccepted, text } = await postAction(context, node, { volume: name, action, body });
        if (!isAccepted) throw new Error(`${action} of ${label}, from ${backup.label}, is refused: ${text}`);
      }
      return claim;
    },
    detail: (claim) => claim,
  }),
  /** It is bound. A PersistentVolume of another class would not be bound to it. */
  'then.claimHasClass': step({
    sentence: 'Then the claim is bound, and has {storageClass}',
    parameters: (_, storageClass) => ({ storageClass }),
    action: async (context: Context, claim: string, storageClass: string) => {
      const [found] = await untilBound(context, [claim]);
      if (found?.storageClassName !== storageClass)
        throw new Error(`claim ${claim} has the class ${found?.storageClassName}`);
    },
  }),
  'then.hasTarget': step({
    sentence: 'Then the volume {volume} has the backup target {target}',
    parameters: ({ name }, target = defaultBackupTarget) => ({ volume: name, target }),
    action: async (
      { timelines, timeouts }: Context,
      { name }: VolumeHandle,
      target = defaultBackupTarget,
    ) => {
      const label = `volume ${name} is there`;
      const { spec } = await waitUntil(timelines.volumes, () => true, {
        ...{ name, label, ...timeouts.claimProvisioned },
      });
      if (spec.backupTargetName !== target)
        throw new Error(`volume ${name} has the backup target ${spec.backupTargetName}, not ${target}`);
    },
  }),
  /** The label that it had of the job before goes. */
  'when.claimLabelled': step({
    sentence:
      "When the labels of the claim say that it rules its volume's recurring jobs, with {job} by its {by}",
    parameters: (_, { job, by }) => ({ job: job.name, by }),
    action: async (
      { cluster }: Context,
      { name }: ClaimHandle,
      { job, by }: { job: JobHandle; by: 'name' | 'group' },
    ) => {
      const labels = {
        [volumeJobLabel('source')]: 'enabled',
        [volumeJobLabel(job.name)]: by === 'name' ? 'enabled' : null,
        [volumeGroupLabel(job.name)]: by === 'group' ? 'enabled' : null,
      };
      await cluster.patch(resources.persistentVolumeClaims, { namespace, name }, { metadata: { labels } });
    },
  }),
  /** Each pod has a file of its own in the file system of its volume. */
  'given.statefulSet': step({
    sentence: 'Given a StatefulSet with {count} pods, each with a file in the {kind} of its claim',
    parameters: ({ count, encrypted }) => ({ count, kind: encrypted ? 'encrypted volume' : 'volume' }),
    opens: firstTarget,
    action: async (
      context: Context,
      how: { count: number; encrypted?: boolean },
    ): Promise<StatefulSetHandle> => makeStatefulSet(context, { ...how, target: await firstTarget(context) }),
    detail: ({ name }) => name,
  }),
  /** Returns the StatefulSet with these files. */
  'when.filesWritten': step({
    sentence: 'When each pod of the StatefulSet writes another file, and does not sync it',
    action: writeUnsynced,
  }),
  /** Returns when some are synced. The pod goes on for as long as it runs, or until its files are full. */
  'when.recordsWritten': step({
    sentence: 'When the pod of the StatefulSet writes numbered records to two files in turn, and syncs each',
    action: writeRecords,
    detail: ({ before }) => `${before} records so far`,
  }),
  /** Whatever the setting of Longhorn says. */
  'when.freezingSet': step({
    sentence: 'When the volume says that its file system is {frozen} for a snapshot',
    parameters: (_, how) => ({ frozen: how === 'enabled' ? 'frozen' : 'not frozen' }),
    action: setFreezing,
  }),
  /** It is ext4, whose journal shows that. */
  'then.frozenForSnapshot': step({
    sentence: 'Then the file system in {backup} is one that was {frozen} for its snapshot',
    parameters: (backup, { isFrozen }) => ({ backup, frozen: isFrozen ? 'frozen' : 'in use' }),
    action: (_: Context, backup: BackupHandle, how: { isFrozen: boolean }) => judgeFreeze(backup, how),
  }),
  /** It is thawed if it is. */
  'then.thawed': step({
    sentence: 'Then the file system of the volume is not frozen any more',
    action: mustBeThawed,
  }),
  /** Returns what their volumes had taken before, in bytes. */
  'when.filesRemoved': step({
    sentence: 'When each pod of the StatefulSet removes its file',
    action: (context: Context, set: StatefulSetHandle) => removeFiles(context, set),
  }),
  /** A part of the file may share its blocks of 4 KiB with what the file system keeps. */
  'then.spaceFreed': step({
    sentence: 'Then each volume of the StatefulSet takes less space, by that of its file',
    action: async (context: Context, removed: Awaited<ReturnType<typeof removeFiles>>) => {
      for (const { volume, took } of removed)
        await untilTaken(context, volume, { atMost: took - 0.9 * littleData.data.size });
    },
  }),
  /** Returns when nothing of it is left but the backups of its volumes. */
  'when.statefulSetLost': step({
    sentence: 'When the StatefulSet, its claims, their PersistentVolumes and its volumes are deleted',
    action: async (context: Context, { name, pods }: StatefulSetHandle) => {
      const { cluster, scenarioSignal: signal, timeouts } = context;
      await deleteStatefulSet(context, name);
      await using claims = await follow(cluster, resources.persistentVolumeClaims, { namespace, signal });
      for (const { claim, volume } of pods) {
        await untilDetached(context, volume.name);
        await cluster.delete(resources.persistentVolumeClaims, { namespace, name: claim });
        await waitUntilGone(claims, { name: claim, label: `claim ${claim} is gone`, ...timeouts.claimBound });
        await cluster.delete(resources.persistentVolumes, { name: volume.name });
        await deleteVolume(context, volume);
        await untilAttachmentGone(context, volume.name);
      }
    },
  }),
  /** Returns when the volumes are restored and detached. */
  'when.restoredUnderOldNames': step({
    sentence: 'When the volume of each of {count} backups is restored from that, under its old name',
    parameters: (...backups) => ({ count: backups.length }),
    action: async (context: Context, ...backups: BackupHandle[]) => {
      for (const backup of backups) await requestRestore(context, backup, { name: backup.volume.name });
      for (const { volume } of backups) await untilRestored(context, volume);
    },
  }),
  /** As Longhorn's documents say for kubectl, with the old names and the old StorageClass. */
  'when.claimedByHand': step({
    sentence: 'When a PersistentVolume and a claim are made by hand for each of the volumes',
    action: async (context: Context, { storageClassName, pods }: StatefulSetHandle) => {
      for (const { claim, volume } of pods) {
        await makePersistentVolumeFor(context, volume, { claim, storageClassName });
        const spec = claimSpec(storageClassName, volume.size, { volumeName: volume.name });
        await makeClaim(context, spec, { name: claim });
      }
      await untilBound(
        context,
        pods.map(({ claim }) => claim),
      );
    },
  }),
  /** Returns when its pods are ready. */
  'when.statefulSetMadeAgain': step({
    sentence: 'When the StatefulSet is made again',
    action: async (context: Context, { name, storageClassName, pods }: StatefulSetHandle) => {
      await createStatefulSet(context, { name, storageClassName, pods: pods.length });
      await untilPodsReady(context, { name, pods: pods.map(({ pod }) => pod) });
    },
  }),
  /** Returns the StatefulSet, whose pod is to have this volume. */
  'when.standbyTakesPlace': step({
    sentence: 'When {standby} is activated, in place of the volume of the pod',
    action: async (context: Context, standby: RestoreHandle, set: StatefulSetHandle) => {
      const { name, label } = standby;
      await activate(context, standby);
      await untilRestored(context, { name, label });
      context.made.persistentVolumes.push(name);
      return { ...set, pods: set.pods.map((pod) => ({ ...pod, volume: { ...pod.volume, name } })) };
    },
  }),
  'then.encryptedInStore': step({
    sentence: 'Then the store has what the pod has written encrypted alone, in {backup}',
    parameters: (_, backup) => ({ backup }),
    action: async (context: Context, { pods }: StatefulSetHandle, backup: BackupHandle) => {
      const found = await Promise.all(pods.map((pod) => plainInStore(context, backup, pod)));
      throwIfAny(found.flat(), `${backup.label} is not encrypted`);
    },
  }),
  'then.headerIsExtra': step({
    sentence:
      'Then the encrypted volume of the pod has its whole size for data, and 16 MiB more for its header',
    action: async (context: Context, { pods }: StatefulSetHandle) => {
      const found = await Promise.all(pods.map((pod) => wrongSizes(context, pod)));
      throwIfAny(found.flat(), 'devices have other sizes');
    },
  }),
  /** Its volume is restored from a backup that was made meanwhile. */
  'then.recordsInOrder': step({
    sentence:
      'Then the pod has each record that was synced before the backup, and none without those before it',
    action: judgeRecords,
    detail: (found) => found,
  }),
  'then.podsHaveFiles': step({
    sentence: 'Then each pod of the StatefulSet has the file that it had',
    action: async (context: Context, { pods }: StatefulSetHandle) => {
      const found = await Promise.all(pods.map((each) => differenceInPod(context, each)));
      throwIfAny(
        found.filter((difference) => difference !== undefined),
        'pods have other files than they had',
      );
    },
  }),
};
