import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { type KubernetesObject, resources, unlessGone } from '../../../kube/cluster.ts';
import { ordinal } from '../../../kube/text.ts';
import type { Event } from '../../../longhorn/job-types.ts';
import { wordingOf } from '../../../longhorn/messages/classify.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import {
  claimSpec,
  makeClaim,
  makeStorageClass,
  rememberVolume,
  untilBound,
  untilMadeFrom,
} from '../claim/claim.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { BackupHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { PromiseBroken } from '../judging.ts';
import type { RestoreHandle } from '../restore/restore.ts';
import type { Timeout } from '../timeouts.ts';
import { judgeData, judgeRestoredData, untilRestored } from '../volume/restored.ts';
import { attach, readyNodes } from '../volume/volume.ts';

const driver = 'driver.longhorn.io';
const beingDeleted = 'snapshot.storage.kubernetes.io/volumesnapshot-being-deleted';
const apiVersion = 'snapshot.storage.k8s.io/v1';
const staticStorage = { accessModes: ['ReadWriteOnce'], storageClassName: '' };

type Status = { readyToUse?: boolean; error?: { message?: string } };

/** A VolumeSnapshot of CSI. */
export type VolumeSnapshot = KubernetesObject & {
  status?: Status & { boundVolumeSnapshotContentName?: string };
};

/** What a VolumeSnapshot stands for. */
type VolumeSnapshotContent = KubernetesObject & { status?: Status & { snapshotHandle?: string } };

/** A class that a step made, and the watches of what is made by it. */
export type SnapshotClassHandle = {
  name: string;
  snapshots: Timeline<VolumeSnapshot>;
  contents: Timeline<VolumeSnapshotContent>;
};

/** A PersistentVolumeClaim that a step made, which is bound to a volume. */
export type ClaimHandle = { name: string; volume: VolumeHandle };

/**
 * A VolumeSnapshot that a step made. `from`: the last sequence of the backups' timeline before it. `backup`: what a step
 * has found behind it. `content`: the content that has the uid of it, which is gone.
 */
export type VolumeSnapshotHandle = {
  name: string;
  label: string;
  uid: string;
  by: SnapshotClassHandle;
  volume: VolumeHandle;
  from: number;
  backup?: BackupHandle;
  content?: string;
};

/** Makes a class of VolumeSnapshots that only the run uses. */
export const makeSnapshotClass = async (
  { cluster, made, run, scenarioSignal: signal, uniqueName }: Context,
  parameters: Record<string, string>,
  deletionPolicy: 'Delete' | 'Retain',
): Promise<SnapshotClassHandle> => {
  const name = uniqueName('snapclass');
  made.snapshotClasses.push(name);
  await cluster.create(resources.volumeSnapshotClasses, {
    apiVersion,
    kind: 'VolumeSnapshotClass',
    metadata: { name, labels: runLabel(run) },
    ...{ driver, deletionPolicy, parameters },
  });
  const [snapshots, contents] = await Promise.all([
    follow<VolumeSnapshot>(cluster, resources.volumeSnapshots, { namespace, signal }),
    follow<VolumeSnapshotContent>(cluster, resources.volumeSnapshotContents, { signal }),
  ]);
  return { name, snapshots, contents };
};

/** Makes a PersistentVolume of a volume, and a claim that Kubernetes binds to it. */
export const makeBoundClaim = async (context: Context, volume: VolumeHandle): Promise<ClaimHandle> => {
  const { cluster, made, run, scenarioSignal: signal, timeouts, uniqueName } = context;
  const name = uniqueName('claim');
  const metadata = { name, labels: runLabel(run) };
  const storage = String(volume.size);
  made.persistentVolumes.push(name);
  await cluster.create(resources.persistentVolumes, {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata },
    spec: {
      ...staticStorage,
      capacity: { storage },
      claimRef: { namespace, name },
      csi: { driver, fsType: 'ext4', volumeHandle: volume.name },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  });
  made.persistentVolumeClaims.push(name);
  await using claims = await follow<KubernetesObject & { status?: { phase?: string } }>(
    cluster,
    resources.persistentVolumeClaims,
    { namespace, signal },
  );
  await cluster.create(resources.persistentVolumeClaims, {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { ...metadata, namespace } },
    spec: { ...staticStorage, volumeName: name, resources: { requests: { storage } } },
  });
  await waitUntil(claims, ({ status }) => status?.phase === 'Bound', {
    name,
    label: `claim ${name} is bound`,
    ...timeouts.claimBound,
  });
  return { name, volume };
};

/** The name in sentences for the next VolumeSnapshot of a scenario. Most scenarios make only one. */
export const nextSnapshotLabel = ({ made }: Pick<Context, 'made'>): string =>
  `the ${made.volumeSnapshots.length === 0 ? '' : `${ordinal(made.volumeSnapshots.length + 1)} `}VolumeSnapshot`;

/** Makes a VolumeSnapshot of a claim, or of a content. */
export const makeVolumeSnapshot = async (
  context: Context,
  { by, volume, source }: Pick<VolumeSnapshotHandle, 'by' | 'volume'> & { source: object },
): Promise<VolumeSnapshotHandle> => {
  const { cluster, made, run, timelines, uniqueName } = context;
  const name = uniqueName('volsnap');
  const label = nextSnapshotLabel(context);
  const from = timelines.backups.lastSequence();
  made.volumeSnapshots.push(name);
  const { metadata } = await cluster.create<VolumeSnapshot>(resources.volumeSnapshots, {
    apiVersion,
    kind: 'VolumeSnapshot',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: { volumeSnapshotClassName: by.name, source },
  });
  return { name, label, uid: metadata.uid ?? '', by, volume, from };
};

/** Makes a content by hand, which names a backup, and a VolumeSnapshot for it. */
export const makeByHand = async (
  context: Context,
  by: SnapshotClassHandle,
  { volume, backup }: { volume: VolumeHandle; backup: string },
): Promise<VolumeSnapshotHandle> => {
  const { cluster, made, run, uniqueName } = context;
  const volumeSnapshotContentName = uniqueName('content');
  made.contents.push(volumeSnapshotContentName);
  // Its name must be known before the object is made that it belongs to.
  const snapshot = await makeVolumeSnapshot(context, { by, volume, source: { volumeSnapshotContentName } });
  await cluster.create(resources.volumeSnapshotContents, {
    apiVersion,
    kind: 'VolumeSnapshotContent',
    metadata: { name: volumeSnapshotContentName, labels: runLabel(run) },
    spec: {
      ...{ driver, deletionPolicy: 'Retain', volumeSnapshotClassName: by.name },
      source: { snapshotHandle: `bak://${volume.name}/${backup}` },
      volumeSnapshotRef: { name: snapshot.name, namespace },
    },
  });
  return snapshot;
};

/** Makes a content by hand, as if the VolumeSnapshot, which is gone, were there again with its uid. */
export const makeOfSameUid = async (
  { cluster, made, run, timelines, uniqueName }: Context,
  { name, uid, by, volume, label }: VolumeSnapshotHandle,
): Promise<VolumeSnapshotHandle> => {
  const content = uniqueName('content');
  const from = timelines.backups.lastSequence();
  made.contents.push(content);
  await cluster.create(resources.volumeSnapshotContents, {
    apiVersion,
    kind: 'VolumeSnapshotContent',
    // Without the annotation, it could not be deleted: that comes with the deletion of its VolumeSnapshot.
    metadata: { name: content, labels: runLabel(run), annotations: { [beingDeleted]: 'yes' } },
    spec: {
      ...{ driver, deletionPolicy: 'Retain', volumeSnapshotClassName: by.name },
      source: { volumeHandle: volume.name },
      volumeSnapshotRef: { name, namespace, uid },
    },
  });
  return { name, label: `the content with the uid of ${label}`, uid, by, volume, from, content };
};

const isOf =
  ({ uid }: VolumeSnapshotHandle) =>
  ({ spec }: VolumeSnapshotContent): boolean =>
    (spec as { volumeSnapshotRef?: { uid?: string } }).volumeSnapshotRef?.uid === uid;

/** Describes how far a VolumeSnapshot or its content is. */
export const describeReadiness = ({ status }: KubernetesObject & { status?: Status }): string =>
  status?.readyToUse ? 'ready' : `not ready${status?.error?.message ? `: ${status.error.message}` : ''}`;

/** Waits until the content of a VolumeSnapshot is as wanted. */
export const untilContent = (
  { timeouts }: Context,
  snapshot: VolumeSnapshotHandle,
  { label, isWanted }: { label: string; isWanted: (content: VolumeSnapshotContent) => boolean },
): Promise<VolumeSnapshotContent> =>
  waitUntil(snapshot.by.contents, (content) => isOf(snapshot)(content) && isWanted(content), {
    ...{ label: `${snapshot.label} ${label}`, describe: describeReadiness },
    ...timeouts.volumeSnapshotBegun,
  });

/** Waits until a VolumeSnapshot and its content are gone. */
export const untilVolumeSnapshotGone = async (
  { timeouts }: Context,
  { by, label, name }: VolumeSnapshotHandle,
  limit: Timeout = timeouts.volumeSnapshotGone,
): Promise<void> =>
  waitUntilGone(by.snapshots, {
    ...{ name, label: `${label} is gone`, describe: describeReadiness },
    ...limit,
  });

/** Deletes what a VolumeSnapshot, which is gone, stood for, and waits until it is gone. */
export const deleteContent = async (
  { cluster, timeouts }: Context,
  snapshot: VolumeSnapshotHandle,
): Promise<string> => {
  const { contents } = snapshot.by;
  const name = contents.objects().find(isOf(snapshot))?.metadata.name;
  if (name === undefined) throw new Error(`${snapshot.label} has taken its VolumeSnapshotContent along`);
  await cluster.delete(resources.volumeSnapshotContents, { name });
  await waitUntilGone(contents, {
    ...{ name, label: `the content of ${snapshot.label} is gone` },
    ...timeouts.volumeSnapshotGone,
  });
  return name;
};

/** Requests the deletion of a VolumeSnapshot. */
export const deleteVolumeSnapshot = ({ cluster }: Pick<Context, 'cluster'>, name: string): Promise<unknown> =>
  cluster.delete(resources.volumeSnapshots, { namespace, name }).catch(unlessGone);

/** A claim of a VolumeSnapshot, for which Longhorn is to make a volume from a backup. */
export type AskedClaim = { claim: string; volume: Omit<RestoreHandle, 'events' | 'engines'> };

const askForClaim = async (
  context: Context,
  { name, label }: VolumeSnapshotHandle,
  backup: BackupHandle,
  size = backup.volume.size,
): Promise<AskedClaim> => {
  const { timelines } = context;
  const from = timelines.volumes.lastSequence();
  const replicas = 1;
  const storageClass = await makeStorageClass(context, {
    ...{ numberOfReplicas: String(replicas), backupTargetName: backup.volume.target.name },
  });
  const dataSource = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name };
  const claim = await makeClaim(context, claimSpec(storageClass, size, { dataSource }));
  rememberVolume(context.made, claim.volume);
  const volume = { name: claim.volume, label: `the volume made from ${label}`, backup, from, replicas };
  return { claim: claim.name, volume };
};

/** Makes a claim of a VolumeSnapshot, and waits until Longhorn has made a volume for it. */
export const makeClaimFrom = async (
  context: Context,
  snapshot: VolumeSnapshotHandle,
  backup: BackupHandle,
): Promise<RestoreHandle> => untilMadeFrom(context, (await askForClaim(context, snapshot, backup)).volume);

const answers = ['ProvisioningFailed', 'ProvisioningSucceeded'];

/** Makes a claim of a VolumeSnapshot, and waits until csi-provisioner has an answer, of either kind. */
export const askForClaimOnce = async (
  context: Context,
  snapshot: VolumeSnapshotHandle,
  backup: BackupHandle,
): Promise<AskedClaim> => {
  const { cluster, scenarioSignal: signal, timeouts } = context;
  const asked = await askForClaim(context, snapshot, backup);
  const fieldSelector = `involvedObject.name=${asked.claim}`;
  await using events = await follow<Event>(cluster, resources.events, { namespace, fieldSelector, signal });
  await waitUntil(events, ({ reason = '' }) => answers.includes(reason), {
    label: `csi-provisioner has an answer for claim ${asked.claim}`,
    ...timeouts.claimProvisioned,
  });
  return asked;
};

/**
 * Throws a broken promise if the volume of a claim was made without the backup that it is of, and lacks its data. Else
 * judges what was restored.
 */
export const judgeClaimData = async (
  context: Context,
  { claim, volume }: AskedClaim,
  data: readonly WrittenData[],
): Promise<void> => {
  const { timelines } = context;
  await untilBound(context, [claim]);
  const { name, backup } = volume;
  if (timelines.volumes.current(name)?.spec.fromBackup) {
    await untilRestored(context, volume);
    await judgeRestoredData(context, { name, backup, data });
    return;
  }
  const [node = ''] = await readyNodes(context);
  const empty = { name, target: backup.volume.target, node, size: backup.volume.size };
  await attach(context, empty);
  await judgeData(
    context,
    { volume: empty, data },
    `claim ${claim} is bound to a volume that is not restored`,
  );
};

/**
 * Makes a claim of a VolumeSnapshot that has another size than the volume of its backup, and waits until csi-provisioner has
 * refused it, or has made its volume. Throws in that case.
 */
export const judgeOtherSize = async (
  context: Context,
  snapshot: VolumeSnapshotHandle,
  { backup, size }: { backup: BackupHandle; size: number },
): Promise<string> => {
  const { cluster, scenarioSignal: signal, timelines, timeouts, version } = context;
  const asked = await askForClaim(context, snapshot, backup, size);
  const [name, volume] = [asked.claim, asked.volume.name];
  const fieldSelector = `involvedObject.name=${name}`;
  await using events = await follow<Event>(cluster, resources.events, { namespace, fieldSelector, signal });
  const isDecided = ({ reason, message }: Event): boolean =>
    reason === 'ProvisioningSucceeded' ||
    wordingOf('claim-of-other-size', { message, version }) !== undefined;
  const { reason, message = '' } = await waitUntil(events, isDecided, {
    ...{ label: `claim ${name} is refused, or has its volume` },
    ...timeouts.claimProvisioned,
  });
  if (reason !== 'ProvisioningSucceeded') {
    // A claim that waits keeps its VolumeSnapshot from being deleted.
    await cluster.delete(resources.persistentVolumeClaims, { namespace, name });
    return message;
  }
  const has = Number(timelines.volumes.current(volume)?.spec.size);
  const said = `claim ${name} of ${size} bytes is taken, and its volume has ${has}`;
  if (has >= size) throw new Error(said);
  throw new PromiseBroken(said, { kind: 'PersistentVolume', name: volume, state: 'larger than its volume' });
};
