import {
  ExpectationError,
  evaluate,
  hasTimedOut,
  timeoutOf,
  waitUntil,
} from '../../../history/expectation.ts';
import { ApiError } from '../../../kube/errors.ts';
import { lossOf } from '../../../kube/objects.ts';
import { longhornResources, readNow } from '../../../longhorn/resources.ts';
import type { VolumeReplica } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, SnapshotHandle, TargetHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { PromiseBroken, stays } from '../judging.ts';
import { type DataRange, inMebibytes, littleData } from '../sizes.ts';
import { step } from '../step.ts';
import { firstTarget } from '../target/steps.ts';
import { judgeWithin } from '../timeouts.ts';
import { beginCopy, judgeClone } from './clone.ts';
import { copyData, discardData, writeData } from './data.ts';
import { fillDisks, judgeNewest, killLast, leaveOneReplica } from './older-replica.ts';
import { bringManagerBack, denyTicket, judgeForgotten, takeManagerAway } from './owner-change.ts';
import { killRebuilder, untilRebuiltDuring, wantRebuild, wantReplica } from './rebuilt.ts';
import { killReplica, mustHaveReplicas } from './replicas.ts';
import { differencesOf, makeRestoredVolume } from './restored.ts';
import { revertTo } from './revert.ts';
import {
  deleteSnapshot,
  describeSnapshot,
  judgeNotPurged,
  makeSnapshot,
  messagesOfSnapshot,
  requestSnapshot,
  untilManySnapshotsSaid,
  untilOneSnapshot,
  untilSnapshotGone,
  untilSnapshotMarked,
  untilSnapshotReady,
  untilSnapshotRefused,
  untilSystemSnapshot,
} from './snapshot.ts';
import {
  deleteVolume,
  describeVolume,
  detach,
  growVolume,
  isAttachedMeanwhile,
  isHealthy,
  makeClone,
  makeVolume,
  recovers,
  removeVolume,
  staysHealthy,
  untilAttachmentGone,
  untilDetached,
  untilGivenBack,
  type VolumeOptions,
} from './volume.ts';

type Since = { since: BackupHandle };

const describeLimits = ({ maxCount, maxSize }: { maxCount?: number; maxSize?: number }): string =>
  [
    ...(maxCount === undefined ? [] : [`, which may have ${maxCount} snapshots`]),
    ...(maxSize === undefined ? [] : [`, whose snapshots may have ${inMebibytes(maxSize)}`]),
  ].join('');

const describeTrims = (may: boolean | undefined): string =>
  may === undefined
    ? ''
    : may
      ? ', whose snapshots are removed by a trim'
      : ', whose snapshots no trim removes';

const judgeKept = async ({ cluster }: Context, { name }: SnapshotHandle): Promise<void> => {
  const loss = lossOf(await readNow(cluster, longhornResources.snapshots, name));
  const seen = { kind: 'Snapshot', name, state: 'deleted' };
  if (loss !== undefined)
    throw new PromiseBroken(`snapshot ${name} is ${loss}, and nobody has deleted it`, seen);
};

/** The steps that make, fill, detach, remove and judge volumes. Sizes are in bytes. */
export const volumeSteps = {
  /**
   * As small as `littleData` by default. Without block devices, the volume is restored from a backup that the suite
   * writes into the store.
   */
  'given.volume': step({
    sentence: 'Given a volume of {size}, {attached}',
    parameters: ({ size = littleData.volume, group, local, trimsSnapshots, snapshots = {} } = {}) => ({
      size: inMebibytes(size),
      attached: ({ missingCapabilities }: Context) =>
        missingCapabilities.includes('block-device')
          ? 'restored from a backup that was written into the store, attached to a node without a frontend'
          : `attached to a node${local ? ', where it has its only replica' : ''}${group === undefined ? '' : `, in the group ${group} of recurring jobs from the beginning`}${describeTrims(trimsSnapshots)}${describeLimits(snapshots)}`,
    }),
    opens: async (context, { target } = {}) => target ?? firstTarget(context),
    action: async (
      context: Context,
      { target, size = littleData.volume, ...how }: Partial<VolumeOptions> & { target?: TargetHandle } = {},
    ): Promise<VolumeHandle> => {
      const on = { ...how, size, target: target ?? (await firstTarget(context)) };
      return context.missingCapabilities.includes('block-device')
        ? makeRestoredVolume(context, on)
        : makeVolume(context, on);
    },
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  /** The former volume must be gone. */
  'given.volumeMadeAgain': step({
    sentence: 'Given a volume of {size} under the same name, attached to a node',
    parameters: (_, { size }) => ({ size: inMebibytes(size) }),
    action: async (context: Context, { name, target }: VolumeHandle, options: VolumeOptions) => {
      await untilAttachmentGone(context, name);
      return makeVolume(context, { ...options, name, target });
    },
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  'given.clonedVolume': step({
    sentence: 'Given a volume that is a clone of the first one, attached to its node',
    action: (context: Context, source: VolumeHandle) => makeClone(context, source),
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  /** As a claim with a VolumeSnapshot of the type snap as its source does. */
  'when.snapshotCloned': step({
    sentence: 'When a volume is cloned from the snapshot, and its data are being copied',
    action: (context: Context, snapshot: SnapshotHandle) => beginCopy(context, snapshot),
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  'then.clonedOrFailed': step({
    sentence: 'Then the clone has the data of the snapshot, or has failed',
    action: (
      context: Context,
      clone: VolumeHandle,
      how: { of: SnapshotHandle; data: readonly WrittenData[] },
    ) => judgeClone(context, clone, how),
  }),
  /** The volume stays attached. Returns it with its new size, in bytes. */
  'when.volumeGrown': step({
    sentence: 'When the volume grows to {size}',
    parameters: (_, { size }) => ({ size: inMebibytes(size) }),
    action: (context: Context, volume: VolumeHandle, { size }: { size: number }) =>
      growVolume(context, volume, size),
  }),
  /** Offset and size are in whole MiB. */
  'given.data': step({
    sentence: 'Given {size} of random data in the volume, from {offset} on',
    parameters: (_, { offset, size } = littleData.data) => ({
      size: inMebibytes(size),
      offset: inMebibytes(offset),
    }),
    action: async (
      context: Context,
      volume: VolumeHandle,
      { offset, size }: DataRange = littleData.data,
    ): Promise<WrittenData> =>
      volume.restored === undefined ? writeData(context, { volume, offset, size }) : { offset, size },
    detail: ({ sha256 }) =>
      sha256 === undefined ? 'they came with the volume, and nothing new is written' : `sha256 ${sha256}`,
  }),
  /** Offsets and size are in whole MiB. */
  'given.copiedData': step({
    sentence: 'Given that the volume has the same {size} from {to} on as from {from} on',
    parameters: (_, { size, offset }, { to }) => ({
      size: inMebibytes(size),
      from: inMebibytes(offset),
      to: inMebibytes(to),
    }),
    action: (context: Context, volume: VolumeHandle, from: WrittenData, { to }: { to: number }) =>
      copyData(context, { volume, from, to }),
  }),
  /** Returns when the snapshot can be backed up. */
  'given.snapshot': step({
    sentence: 'Given a snapshot of the volume',
    action: (context: Context, volume: VolumeHandle) => makeSnapshot(context, volume),
    detail: ({ name }) => name,
  }),
  /** Does not wait for it. */
  'when.snapshotWanted': step({
    sentence: 'When one more snapshot of the volume is wanted',
    action: (context: Context, volume: VolumeHandle) => requestSnapshot(context, volume),
    detail: (name) => name,
  }),
  /** Whoever has wanted it: the suite, or a recurring job. */
  'then.snapshotRefused': step({
    sentence: 'Then the snapshot is not taken, and says that {limit}',
    parameters: (_, limit) => ({
      limit:
        limit === 'count'
          ? 'the volume has as many as it may have'
          : 'it is too large for what the volume may have',
    }),
    action: (context: Context, volume: VolumeHandle, limit: 'count' | 'size') =>
      untilSnapshotRefused(context, volume, limit),
    detail: ({ name }) => name,
  }),
  'then.snapshotTakenAfterAll': step({
    sentence: 'Then the snapshot is taken after all',
    action: untilSnapshotReady,
  }),
  /** The snapshot of the backup must be gone. */
  'given.snapshotOfSameName': step({
    sentence: 'Given another snapshot of the volume, under the name of the one of {backup}',
    action: (context: Context, { snapshot: { name }, volume }: BackupHandle) =>
      makeSnapshot(context, volume, name),
    detail: ({ name }) => name,
  }),
  /** That of the backup must be gone. */
  'given.namesakeSnapshot': step({
    sentence: 'Given a snapshot of another volume, under the name of the one of {backup}',
    action: (context: Context, { snapshot: { name } }: BackupHandle, volume: VolumeHandle) =>
      makeSnapshot(context, volume, name),
    detail: ({ name }) => name,
  }),
  /** The volume must have a newer snapshot. */
  'when.snapshotRemoved': step({
    sentence: 'When the snapshot of {backup} is removed',
    action: async (context: Context, { snapshot }: BackupHandle) => {
      await deleteSnapshot(context, snapshot);
      await untilSnapshotGone(context, snapshot);
    },
  }),
  /** The same for a snapshot that was not backed up. Does not wait for its removal. */
  'when.snapshotDeleted': step({
    sentence: 'When the older snapshot is deleted',
    action: (context: Context, snapshot: SnapshotHandle) => deleteSnapshot(context, snapshot),
  }),
  /** Longhorn has one made before it deletes a snapshot. */
  'given.ticketDenied': step({
    sentence: 'Given that the API server denies that the volume is attached for the older snapshot',
    action: (context: Context, snapshot: SnapshotHandle) => denyTicket(context, snapshot),
    detail: ({ title }) => title,
  }),
  'when.managerTakenAway': step({
    sentence: "When the longhorn-manager of the volume's node is gone, so that another one owns the volume",
    waitsForTimer: true,
    action: takeManagerAway,
    detail: ({ owner }) => owner,
  }),
  'when.managerBack': step({
    sentence: 'When that longhorn-manager is back, and owns the volume again',
    waitsForTimer: true,
    action: bringManagerBack,
  }),
  'then.deletionNotForgotten': step({
    sentence: 'Then the older snapshot is gone, without another start of the longhorn-manager',
    action: judgeForgotten,
  }),
  /** Longhorn may refuse the deletion, or keep the snapshot for now. Returns whether it is gone. */
  'when.snapshotGivenUp': step({
    sentence: 'When the older snapshot is deleted, as far as Longhorn lets it go',
    action: (context: Context, snapshot: SnapshotHandle): Promise<boolean> =>
      deleteSnapshot(context, snapshot)
        .then(() => untilSnapshotGone(context, snapshot))
        .then(
          () => true,
          (error: unknown) => {
            const isKept = hasTimedOut(error);
            if (isKept || (error instanceof ApiError && error.status < 500)) return false;
            throw error;
          },
        ),
    detail: (isGone) => (isGone ? 'it is gone' : 'it stays'),
  }),
  /** Longhorn removes it when there is a newer one. */
  'when.newestSnapshotDeleted': step({
    sentence: 'When the newest snapshot is deleted, and Longhorn marks it as removed',
    action: async (context: Context, snapshot: SnapshotHandle) => {
      await deleteSnapshot(context, snapshot);
      await untilSnapshotMarked(context, snapshot);
    },
  }),
  /** As fstrim does it, and a file system that is mounted with discard. Offset and size are in whole MiB. */
  'when.discarded': step({
    sentence: 'When the workload discards {size} of data in the volume, from {offset} on',
    parameters: (_, { offset, size }) => ({ size: inMebibytes(size), offset: inMebibytes(offset) }),
    action: (context: Context, volume: VolumeHandle, range: DataRange) =>
      discardData(context, { volume, ...range }),
  }),
  'then.snapshotGoes': step({
    sentence: 'Then the snapshot is gone',
    action: async (context: Context, snapshot: SnapshotHandle) => {
      const cause = await timeoutOf(untilSnapshotGone(context, snapshot));
      if (cause === undefined) return;
      const says = messagesOfSnapshot(context, snapshot);
      const seen = { kind: 'Snapshot', name: snapshot.name, state: 'deleting', says };
      throw new PromiseBroken(cause.message, seen, { cause });
    },
  }),
  /** One look decides: a snapshot is deleted before its backup goes, or before the run of a recurring job ends. */
  'then.snapshotStays': step({
    sentence: 'Then the snapshot of {backup} is still there',
    action: (context: Context, { snapshot }: BackupHandle) => judgeKept(context, snapshot),
  }),
  'then.snapshotKept': step({
    sentence: 'Then the snapshot is still there',
    action: (context: Context, snapshot: SnapshotHandle) => judgeKept(context, snapshot),
  }),
  'then.snapshotNotPurged': step({
    sentence: 'Then the snapshot is still there, and the log of a manager says that none is purged',
    action: judgeNotPurged,
  }),
  'then.manySnapshotsSaid': step({
    sentence: 'Then the volume says that it has {count} snapshots',
    parameters: (_, isSaid = true) => ({ count: isSaid ? 'too many' : 'not too many' }),
    action: (context: Context, volume: VolumeHandle, isSaid = true) =>
      untilManySnapshotsSaid(context, volume, isSaid),
  }),
  'then.snapshotsMarkedByTrim': step({
    sentence: 'Then the snapshots of the volume are marked as removed, which nobody has deleted',
    action: (context: Context, snapshots: readonly SnapshotHandle[]) =>
      Promise.all(snapshots.map((each) => untilSnapshotMarked(context, each, 'trim'))),
  }),
  'then.snapshotUnmarked': step({
    sentence: 'Then the snapshot of the other volume is still ready, and not marked as removed',
    action: async ({ timelines: { snapshots } }: Context, { name }: SnapshotHandle) => {
      const found = snapshots.current(name);
      const says = found === undefined ? 'gone' : describeSnapshot(found);
      const seen = { kind: 'Snapshot', name, state: says };
      if (says !== 'ready')
        throw new PromiseBroken(`snapshot ${name} is ${says}, and nobody has deleted it`, seen);
    },
  }),
  'when.replicaKilled': step({
    sentence: 'When a replica of {volume} is killed',
    parameters: ({ label = 'the volume' }) => ({ volume: label }),
    action: (context: Context, { name }: { name: string; label?: string }) => killReplica(context, name),
    detail: ({ title }) => title,
  }),
  'when.replicaWanted': step({
    sentence: 'When the volume is to have one more replica, which Longhorn begins to rebuild',
    action: wantReplica,
  }),
  'when.rebuildPrepared': step({
    sentence: 'When the volume is to have one more replica, and Longhorn prepares its rebuild',
    action: wantRebuild,
  }),
  /** `others`: those of earlier rebuilds. */
  'then.systemSnapshotMade': step({
    sentence: 'Then Longhorn makes a snapshot of the volume for {rebuild}',
    parameters: (_, ...others) => ({ rebuild: others.length > 0 ? 'the next rebuild' : 'the rebuild' }),
    action: (context: Context, volume: VolumeHandle, ...others: SnapshotHandle[]) =>
      untilSystemSnapshot(context, volume, others),
    detail: ({ name }) => name,
  }),
  'then.rebuiltMeanwhile': step({
    sentence: 'Then the volume is healthy again, while {backup} is still uploaded',
    parameters: (_, backup) => ({ backup }),
    action: untilRebuiltDuring,
  }),
  'when.rebuilderKilled': step({
    sentence: 'When the longhorn-manager that waits for the end of a rebuild is killed',
    action: (context: Context, volume: VolumeHandle) => killRebuilder(context, volume),
    detail: ({ title }) => title,
  }),
  /** Returns the other replica as `newest`. Where there is one alone, it stands for both. */
  'when.oneReplicaLeft': step({
    sentence: 'When a replica of the volume is killed, and the volume goes on without it',
    action: (context: Context, volume: VolumeHandle) => leaveOneReplica(context, volume),
    detail: ({ title }) => title,
  }),
  /** A replica that is there stays in use. */
  'given.fullDisks': step({
    sentence: 'Given that the disks of the node with the replica that is left take no more replicas',
    action: (context: Context, { newest }: { newest: VolumeReplica }) => fillDisks(context, newest),
    detail: ({ title }) => title,
  }),
  'when.lastReplicaKilled': step({
    sentence: 'When the replica that is left is killed too',
    action: (context: Context, volume: VolumeHandle, { newest }: { newest: VolumeReplica }) =>
      killLast(context, volume, newest),
    detail: ({ title }) => title,
  }),
  'then.salvagedWithNewest': step({
    sentence: 'Then the volume is attached again, with all data',
    waitsForTimer: true,
    action: (
      context: Context,
      volume: VolumeHandle,
      how: { from: number; newest: VolumeReplica; data: readonly WrittenData[] },
    ) => judgeNewest(context, volume, how),
  }),
  'then.hasReplicas': step({
    sentence: 'Then the volume has {count}, as it is to have',
    parameters: (_, count) => ({ count: count === 1 ? 'one replica' : `${count} replicas` }),
    action: (context: Context, { name }: VolumeHandle, count: number) =>
      mustHaveReplicas(context, name, count),
  }),
  /** None of a step. Longhorn learns of all snapshots of an attached volume at once. */
  'then.oneSnapshot': step({
    sentence: 'Then the volume has one snapshot',
    action: (context: Context, volume: VolumeHandle) => untilOneSnapshot(context, volume),
    detail: ({ name }) => name,
  }),
  /** Removes the suite's attachment ticket and waits. */
  'when.volumeDetached': step({
    sentence: 'When the volume is detached',
    action: async (context: Context, { name }: VolumeHandle) => {
      await detach(context, name);
      await untilDetached(context, name);
    },
  }),
  /** Waits until Longhorn has removed all its tickets, after any number of attachments. */
  'then.volumeDetached': step({
    sentence: 'Then the volume is detached again',
    action: (context: Context, { name }: VolumeHandle) => untilDetached(context, name),
  }),
  /** The volume has its block device again afterwards. */
  'when.reverted': step({
    sentence: 'When the volume is reverted to the snapshot {snapshot}',
    parameters: ({ name }) => ({ snapshot: name }),
    action: revertTo,
  }),
  /** Removes the volume with its snapshots. Its backups stay. */
  'when.volumeRemoved': step({
    sentence: 'When the volume is removed',
    action: (context: Context, volume: VolumeHandle) => removeVolume(context, volume),
  }),
  'when.attachedVolumeDeleted': step({
    sentence: 'When the volume is deleted, although it is attached',
    action: (context: Context, volume: VolumeHandle) => deleteVolume(context, volume),
  }),
  /** Judges the time since the backup was requested, and some time from now on. */
  'then.staysHealthy': step({
    sentence: 'Then the volume stays healthy, since {backup} was asked for',
    parameters: (_, { since }) => ({ backup: since }),
    action: ({ timelines: { volumes }, timeouts }: Context, { name }: VolumeHandle, { since }: Since) =>
      stays(staysHealthy(volumes, { name, from: since.since.made }), timeouts.syncActedOn.within),
  }),
  /** Judges the time since the backup was requested. The volume was detached before. */
  'then.attachedMeanwhile': step({
    sentence: 'Then the volume was attached for {backup}, and is detached again',
    action: ({ timelines: { volumes }, timeouts }: Context, { volume, since }: BackupHandle) =>
      judgeWithin(isAttachedMeanwhile(volumes, { name: volume.name, from: since.made }), timeouts.detached),
  }),
  /** Throws if the backup never had an attachment ticket. */
  'then.attachmentGivenBack': step({
    sentence: 'Then {backup} no longer asks for the volume to be attached',
    action: (context: Context, backup: BackupHandle) => untilGivenBack(context, backup),
  }),
  /** The same for the past only. */
  'then.hasStayedHealthy': step({
    sentence: 'Then the volume has been healthy all the time, since {backup} was asked for',
    parameters: (_, { since }) => ({ backup: since }),
    action: async ({ timelines: { volumes } }: Context, { name }: VolumeHandle, { since }: Since) => {
      const verdict = evaluate(staysHealthy(volumes, { name, from: since.since.made }));
      if (verdict.state !== 'timed-out') throw new ExpectationError(verdict);
    },
  }),
  'then.healthyAgain': step({
    sentence: 'Then {volume} has lost a replica since {backup} was asked for, and is healthy again',
    parameters: ({ label = 'the volume' }, { since }) => ({ volume: label, backup: since }),
    action: (
      { timelines: { volumes }, timeouts }: Context,
      { name }: { name: string; label?: string },
      { since }: Since,
    ) => judgeWithin(recovers(volumes, { name, from: since.since.made }), timeouts.rebuilt),
  }),
  'then.healthy': step({
    sentence: 'Then {volume} is healthy',
    parameters: ({ label = 'the volume' }) => ({ volume: label }),
    action: ({ timelines: { volumes }, timeouts }: Context, { name }: { name: string; label?: string }) =>
      waitUntil(volumes, isHealthy().matches, {
        name,
        label: `volume ${name} is attached and healthy`,
        describe: describeVolume,
        ...timeouts.rebuilt,
      }),
  }),
};

/**
 * Judges the data of a volume without a block device, which cannot be read: a completed backup must have the blocks
 * that the volume was restored with, by their checksums. Not run for volumes with a block device.
 */
export const hasRestoredData = step({
  sentence: 'Then {backup} has the data that the volume was restored with',
  parameters: (backup) => ({ backup }),
  only: (_, { volume }) => volume.restored !== undefined,
  action: async (
    _: Context,
    { name, label, volume: { name: volume, target, restored = [] } }: BackupHandle,
  ) => {
    const config = await target.store.config(volume, name);
    if (config === undefined) throw new Error(`the store has no config of ${label} (${name})`);
    const differences = differencesOf(restored, config.blocks);
    if (differences.length > 0)
      throw new Error(
        `${label} (${name}) is not of what volume ${volume} was restored with: ${differences.join('; ')}`,
      );
    return restored;
  },
  detail: (restored) => `${restored.length} blocks, each with the checksum that was written`,
});
