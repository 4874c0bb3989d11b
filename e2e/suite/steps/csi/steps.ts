import type { InjectedFault } from '../../../faults/fault.ts';
import { csiPluginsKilled, managerKilled } from '../../../faults/killed-pod.ts';
import { timeoutOf, waitUntil } from '../../../history/expectation.ts';
import type { AnyFatalState, FatalState } from '../../../history/fatal-states.ts';
import type { Entry } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Backup, Volume } from '../../../longhorn/types.ts';
import { mustBeKept, nextLabel, readBackup } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { dataRangesOf } from '../created-objects.ts';
import { type BackupHandle, listLabels, type SnapshotHandle, type VolumeHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { inMebibytes } from '../sizes.ts';
import { step } from '../step.ts';
import {
  askForClaimOnce,
  type ClaimHandle,
  deleteContent,
  deleteVolumeSnapshot,
  describeReadiness,
  judgeClaimData,
  judgeOtherSize,
  makeBoundClaim,
  makeByHand,
  makeClaimFrom,
  makeOfSameUid,
  makeSnapshotClass,
  makeVolumeSnapshot,
  nextSnapshotLabel,
  type SnapshotClassHandle,
  untilContent,
  untilVolumeSnapshotGone,
  type VolumeSnapshotHandle,
} from './csi.ts';

const formatParameters = (parameters: Record<string, string>): string =>
  Object.entries(parameters)
    .map(([key, value]) => `${key} ${value}`)
    .join(' and ') || 'no parameters';

/** The resourceVersion of the first state of an object that is as wanted. Kubernetes counts them over all objects. */
const firstVersion = <T extends KubernetesObject>(
  entries: readonly Entry<T>[],
  isWanted: (object: T) => boolean,
): bigint | undefined => {
  const found = entries.find(
    (entry) => entry.kind !== 'gap' && entry.kind !== 'deleted' && isWanted(entry.object),
  );
  return found === undefined || found.kind === 'gap' ? undefined : BigInt(found.resourceVersion);
};

const withVerb = (...snapshots: VolumeSnapshotHandle[]) => ({
  snapshots: listLabels(snapshots),
  verb: snapshots.length === 1 ? 'is' : 'are',
});

const bound = ({ by, name, content }: VolumeSnapshotHandle): string | undefined =>
  content ?? by.snapshots.current(name)?.status?.boundVolumeSnapshotContentName;

// Set by csi-snapshotter while it asks Longhorn's CSI plugin for the snapshot.
const beingCreated = 'snapshot.storage.kubernetes.io/volumesnapshot-being-created';

const isReady = ({ status }: KubernetesObject & { status?: { readyToUse?: boolean } }): boolean =>
  status?.readyToUse === true;

// Longhorn's CSI plugin makes no other backup while there is this one, and a backup in Error stays so.
const inError = ({ timelines }: Context, { name, label }: BackupHandle): FatalState<Backup> => ({
  ...{ timeline: timelines.backups, name, describe: describeBackup },
  because: (backup) =>
    backupState(backup) === 'Error' ? `${label} is ${describeBackup(backup)}` : undefined,
});

/** Waits until a VolumeSnapshot is ready to use, and returns the resourceVersion from which on its content was. */
const untilReady = async (
  { timeouts }: Context,
  snapshot: VolumeSnapshotHandle,
  fatal: readonly AnyFatalState[] = [],
): Promise<bigint> => {
  const { by, label, name, content } = snapshot;
  const how = {
    ...{ label: `${label} is ready to use`, describe: describeReadiness, fatal },
    ...timeouts.volumeSnapshotReady,
  };
  if (content === undefined) await waitUntil(by.snapshots, isReady, { name, ...how });
  else await waitUntil(by.contents, isReady, { name: content, ...how });
  const ready = firstVersion(
    by.contents.entries,
    (each) => each.metadata.name === bound(snapshot) && isReady(each),
  );
  if (ready === undefined) throw new InconclusiveError(`the watch missed when ${label} became ready`);
  return ready;
};

const untilHandle = async (context: Context, snapshot: VolumeSnapshotHandle): Promise<string> => {
  const { status } = await untilContent(context, snapshot, {
    label: 'has a handle',
    isWanted: ({ status }) => Boolean(status?.snapshotHandle),
  });
  return status?.snapshotHandle ?? '';
};

/** The name of a backup that was made of a VolumeSnapshot besides the one with this name. */
const anotherBackup = async (
  { cluster }: Context,
  { uid, name }: { uid: string; name: string },
): Promise<string | undefined> => {
  // Lists them, because the watch of the backups may be behind that of the contents.
  const { items } = await cluster.list<Backup>(longhornResources.backups, { namespace });
  const isAnother = ({ metadata, spec }: Backup): boolean =>
    spec.snapshotName === `snapshot-${uid}` && metadata.name !== name;
  return items.find(isAnother)?.metadata.name;
};

/** How many calls of Longhorn's CSI plugin for a VolumeSnapshot began and ended after a resourceVersion. */
const callsSince = (snapshot: VolumeSnapshotHandle, version: bigint): number => {
  let calls = 0;
  let isBegun = false;
  for (const entry of snapshot.by.contents.entries) {
    if (entry.kind === 'gap' || BigInt(entry.resourceVersion) < version) continue;
    if (entry.object.metadata.name !== bound(snapshot)) continue;
    const isUnderWay = entry.object.metadata.annotations?.[beingCreated] !== undefined;
    if (isBegun && !isUnderWay) calls += 1;
    isBegun = isUnderWay;
  }
  return calls;
};

/** The steps that make, judge and delete VolumeSnapshots of CSI. They need `volume-snapshots`. */
export const csiSteps = {
  'given.snapshotClass': step({
    sentence: 'Given a VolumeSnapshotClass of Longhorn with {parameters}, and the policy {policy}',
    parameters: (parameters, policy = 'Delete') => ({ parameters: formatParameters(parameters), policy }),
    action: (context: Context, parameters: Record<string, string>, policy: 'Delete' | 'Retain' = 'Delete') =>
      makeSnapshotClass(context, parameters, policy),
    detail: ({ name }) => name,
  }),
  'given.boundClaim': step({
    sentence: 'Given a PersistentVolumeClaim that is bound to the volume',
    action: (context: Context, volume: VolumeHandle) => makeBoundClaim(context, volume),
    detail: ({ name }) => name,
  }),
  /** Returns when Kubernetes has accepted it. */
  'when.volumeSnapshotMade': step({
    sentence: 'When {snapshot} is made',
    parameters: (_, __) => ({ snapshot: nextSnapshotLabel }),
    action: (
      context: Context,
      { name: persistentVolumeClaimName, volume }: ClaimHandle,
      by: SnapshotClassHandle,
    ) => makeVolumeSnapshot(context, { by, volume, source: { persistentVolumeClaimName } }),
    detail: ({ name }) => name,
  }),
  /** It names a backup that exists, or its name with one letter more. */
  'when.contentMadeByHand': step({
    sentence: 'When a VolumeSnapshotContent is made by hand, with the name of {backup}{wrong}',
    parameters: (backup, _, { isWrong = false } = {}) => ({
      backup,
      wrong: isWrong ? ' and one letter more' : '',
    }),
    action: (
      context: Context,
      { name, volume }: BackupHandle,
      by: SnapshotClassHandle,
      { isWrong = false } = {},
    ) => makeByHand(context, by, { volume, backup: isWrong ? `${name}x` : name }),
    detail: ({ name }) => name,
  }),
  /** By a StorageClass of its own. Returns when Longhorn has made the volume, which it then restores. */
  'when.claimMadeFrom': step({
    sentence: 'When a PersistentVolumeClaim is made from {snapshot}',
    action: makeClaimFrom,
    detail: ({ name }) => name,
  }),
  /** The VolumeSnapshot is ready to use, so that Longhorn's CSI plugin is asked for a volume. */
  'when.claimAskedFor': step({
    sentence:
      'When a PersistentVolumeClaim is made from {snapshot}, and csi-provisioner has tried to serve it',
    parameters: (snapshot, _) => ({ snapshot }),
    action: async (context: Context, snapshot: VolumeSnapshotHandle, backup: BackupHandle) => {
      await untilReady(context, snapshot);
      return askForClaimOnce(context, snapshot, backup);
    },
    detail: ({ claim }) => claim,
  }),
  'then.claimHasData': step({
    sentence: 'Then the claim is bound to a volume with the written data',
    action: judgeClaimData,
  }),
  /** Known bug larger-claim-gets-smaller-volume: it has what was asked for by its PersistentVolume alone. */
  'then.otherSizeRefused': step({
    sentence: 'Then a PersistentVolumeClaim of {size} that is made from {snapshot} is refused',
    parameters: (snapshot, { size }) => ({ snapshot, size: inMebibytes(size) }),
    action: judgeOtherSize,
    detail: (message) => message,
  }),
  /** Kubernetes takes no uid. So the content is made, which has the uid of its VolumeSnapshot. */
  'when.contentOfSameUid': step({
    sentence: 'When a VolumeSnapshotContent of the volume is made by hand, with the uid of {snapshot}',
    action: makeOfSameUid,
    detail: ({ content }) => content ?? '',
  }),
  /** Returns the backup. */
  'then.handleNamesBackup': step({
    sentence: 'Then {snapshot} has a handle, which names its volume and a backup of it',
    action: async (context: Context, snapshot: VolumeSnapshotHandle): Promise<BackupHandle> => {
      const { made, timelines, timeouts } = context;
      const { volume, from } = snapshot;
      const name = `snapshot-${snapshot.uid}`;
      made.snapshots.push(name);
      const label = nextLabel(context);
      const handle = await untilHandle(context, snapshot);
      const [, ofVolume, ofBackup = ''] = /^bak:\/\/([^/]+)\/([^/]+)$/.exec(handle) ?? [];
      if (ofVolume !== volume.name) throw new Error(`the handle of ${snapshot.label} is ${handle}`);
      made.backups.push(ofBackup);
      await waitUntil(timelines.backups, ({ spec }) => spec.snapshotName === name, {
        ...{ name: ofBackup, label: `there is the backup that ${handle} names`, describe: describeBackup },
        ...timeouts.namedBackupThere,
      });
      const backup = { name: ofBackup, label, volume, snapshot: { name, volume }, since: { made: from } };
      snapshot.backup = backup;
      return backup;
    },
    detail: ({ name }) => name,
  }),
  /** Its backup was made for a VolumeSnapshot of the same uid. */
  'then.handleNamesFormer': step({
    sentence: 'Then {snapshot} has a handle, which names {backup}, as that is still there',
    action: async (context: Context, snapshot: VolumeSnapshotHandle, { name, volume }: BackupHandle) => {
      const { label, uid } = snapshot;
      const handle = await untilHandle(context, snapshot);
      if (handle !== `bak://${volume.name}/${name}`) throw new Error(`the handle of ${label} is ${handle}`);
      const another = await anotherBackup(context, { uid, name });
      if (another !== undefined) throw new Error(`another backup was made of ${label}: ${another}`);
    },
  }),
  /** Of the type snap. Returns Longhorn's snapshot, which the handle names. */
  'then.readyWithSnapshot': step({
    sentence:
      "Then {snapshot} is ready to use, once Longhorn's snapshot of its name is, which its handle names",
    parameters: (snapshot) => ({ snapshot }),
    action: async (context: Context, snapshot: VolumeSnapshotHandle): Promise<SnapshotHandle> => {
      const { made, timelines } = context;
      const { label, uid, volume } = snapshot;
      const name = `snapshot-${uid}`;
      made.snapshots.push(name);
      const ready = await untilReady(context, snapshot);
      const handle = await untilHandle(context, snapshot);
      if (handle !== `snap://${volume.name}/${name}`) throw new Error(`the handle of ${label} is ${handle}`);
      const isThere = firstVersion(
        timelines.snapshots.entries,
        (each) => each.metadata.name === name && isReady(each),
      );
      if (isThere === undefined || isThere > ready)
        throw new Error(`${label} was ready to use before snapshot ${name} was`);
      return { name, volume, filled: dataRangesOf(made, volume.name) };
    },
    detail: ({ name }) => name,
  }),
  /** And not before. */
  'then.readyWithBackup': step({
    sentence: 'Then {snapshot} is ready to use, once {backup} is Completed',
    action: async (context: Context, snapshot: VolumeSnapshotHandle, backup: BackupHandle) => {
      const { timelines } = context;
      const ready = await untilReady(context, snapshot, [inError(context, backup)]);
      const completed = firstVersion(
        timelines.backups.entries,
        (each) => each.metadata.name === backup.name && backupState(each) === 'Completed',
      );
      if (completed === undefined || completed > ready)
        throw new Error(`${snapshot.label} was ready to use before ${backup.label} was Completed`);
    },
  }),
  /** Its backup is held. `moved`: its volume, with another backup target than the backup has. */
  'then.waitsForItsBackup': step({
    sentence: 'Then {snapshot} is not ready to use before {backup}, though csi-snapshotter asks for it again',
    parameters: (snapshot, backup) => ({ snapshot, backup }),
    action: async (
      context: Context,
      snapshot: VolumeSnapshotHandle,
      backup: BackupHandle,
      { name: volume, target }: VolumeHandle,
    ) => {
      const { made, timelines, timeouts } = context;
      const { by, label, name, uid } = snapshot;
      const isMoved = ({ metadata, spec }: Volume): boolean =>
        metadata.name === volume && spec.backupTargetName === target.name;
      await waitUntil(timelines.volumes, isMoved, {
        label: `volume ${volume} has the backup target ${target.name}`,
        ...timeouts.volumeSnapshotBegun,
      });
      const since = firstVersion(timelines.volumes.entries, isMoved);
      if (since === undefined) throw new InconclusiveError(`the watch missed when ${volume} got its target`);
      // The first call may have begun with what the plugin knew before.
      await waitUntil(by.contents, (each) => isReady(each) || callsSince(snapshot, since) >= 2, {
        ...{ name: bound(snapshot) ?? '', label: `csi-snapshotter asks twice for ${label}` },
        ...timeouts.volumeSnapshotReady,
      });
      const another = await anotherBackup(context, { uid, name: backup.name });
      if (another === undefined) return;
      made.backups.push(another);
      await untilReady(context, snapshot);
      const found = await readBackup(context, backup);
      const state = found === undefined ? 'gone' : backupState(found);
      if (state === 'Completed')
        throw new InconclusiveError(`${backup.label} is Completed, not held any more`);
      throw new PromiseBroken(
        `${label} is ready to use by ${another}, made at ${target.name}; its handle is ${await untilHandle(context, snapshot)}, which is ${state}`,
        { kind: 'VolumeSnapshot', name, state: 'ready without its backup' },
      );
    },
  }),
  /** There is no backup of it. */
  'then.notMade': step({
    sentence: 'Then {snapshot} is not made, and says "{text}"',
    parameters: (snapshot, text) => ({ snapshot, text }),
    action: async (context: Context, snapshot: VolumeSnapshotHandle, text: string) => {
      const { label, uid } = snapshot;
      const { status } = await untilContent(context, snapshot, {
        label: 'says why it is not made, or has a handle',
        isWanted: ({ status }) => Boolean(status?.error?.message ?? status?.snapshotHandle),
      });
      const { message = '' } = status?.error ?? {};
      if (!message.includes(text)) throw new Error(`${label} has ${status?.snapshotHandle || message}`);
      const made = context.timelines.backups
        .objects()
        .some(({ spec }) => spec.snapshotName === `snapshot-${uid}`);
      if (made) throw new Error(`there is a backup of ${label}, which says: ${message}`);
      return message;
    },
    detail: (message) => message,
  }),
  /** Its content was made by hand, with the name of a backup that does not exist. */
  'then.notReady': step({
    sentence: 'Then {snapshot} is not ready to use, and says why',
    action: async (context: Context, snapshot: VolumeSnapshotHandle) => {
      const { label, name } = snapshot;
      const { status } = await untilContent(context, snapshot, {
        label: 'is ready, or says why not',
        isWanted: ({ status }) => status?.readyToUse === true || Boolean(status?.error?.message),
      });
      if (status?.readyToUse)
        throw new PromiseBroken(`${label} is ready to use, and there is no backup ${status.snapshotHandle}`, {
          ...{ kind: 'VolumeSnapshot', name, state: 'ready' },
        });
      return status?.error?.message;
    },
    detail: (message) => message,
  }),
  /** The emulator has it in its managers. There, that of the volume's node goes on, which has the upload. */
  'when.csiPluginKilled': step({
    sentence: "When Longhorn's CSI plugin is killed, on each node",
    action: async ({ cluster, faults }: Context, { node }: VolumeHandle): Promise<InjectedFault[]> => {
      const others = (await managerPods(cluster)).filter((each) => each.node !== node);
      const plugins = await csiPluginsKilled(cluster, namespace);
      const all = plugins.length > 0 ? plugins : others.map((pod) => managerKilled(cluster, pod));
      const killed: InjectedFault[] = [];
      for (const each of all) killed.push(await faults.inject(each));
      return killed;
    },
    detail: (killed) => killed.map(({ title }) => title).join(', '),
  }),
  /** Its backup goes with it, if its class says so. */
  'when.volumeSnapshotDeleted': step({
    sentence: 'When {snapshots} {verb} deleted',
    parameters: withVerb,
    action: async (context: Context, ...snapshots: VolumeSnapshotHandle[]) => {
      for (const { backup, name } of snapshots) {
        if (backup !== undefined) backup.since.deleted = context.timelines.backups.lastSequence();
        await deleteVolumeSnapshot(context, name);
      }
    },
  }),
  'then.volumeSnapshotGone': step({
    sentence: 'Then {snapshots} {verb} gone',
    parameters: withVerb,
    action: async (context: Context, ...snapshots: VolumeSnapshotHandle[]) => {
      await Promise.all(snapshots.map((snapshot) => untilVolumeSnapshotGone(context, snapshot)));
    },
  }),
  /** Of a class with the policy Retain. The VolumeSnapshot is gone. Returns when it is gone too. */
  'when.contentDeleted': step({
    sentence: 'When the VolumeSnapshotContent that {snapshot} has left is deleted',
    action: deleteContent,
    detail: (name) => name,
  }),
  'then.backupKept': step({
    sentence: 'Then {backup} is not deleted',
    action: mustBeKept,
  }),
  /** It was not made, as its backup target is not available. */
  'then.goesThoughNotMade': step({
    sentence: 'Then {snapshot} is gone, though it could not be made',
    action: async (context: Context, snapshot: VolumeSnapshotHandle) => {
      const { label, name } = snapshot;
      const limit = context.timeouts.unmadeSnapshotGone;
      const cause = await timeoutOf(untilVolumeSnapshotGone(context, snapshot, limit));
      const seen = { kind: 'VolumeSnapshot', name, state: 'Deleting' };
      if (cause !== undefined) throw new PromiseBroken(`${label} is deleted, and stays`, seen, { cause });
    },
  }),
  /** The VolumeSnapshot, which is gone, was that of a class with the policy Delete. */
  'then.backupGoesAlong': step({
    sentence: 'Then {backup} is gone, or goes, as {snapshot} is gone',
    action: async (context: Context, backup: BackupHandle, { label }: VolumeSnapshotHandle) => {
      const { name } = backup;
      const found = await readBackup(context, backup);
      if (found === undefined || found.metadata.deletionTimestamp !== undefined) return;
      throw new PromiseBroken(`${label} is gone, and ${backup.label}, which is its, stays`, {
        ...{ kind: 'Backup', name, state: backupState(found) },
      });
    },
  }),
};
