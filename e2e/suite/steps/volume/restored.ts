import { waitUntil } from '../../../history/expectation.ts';
import type { FatalState } from '../../../history/fatal-states.ts';
import { entriesOf } from '../../../history/history.ts';
import { namingCause } from '../../../history/nearest-cause.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { resources } from '../../../kube/resources.ts';
import { describeBackup } from '../../../longhorn/backup-state.ts';
import type { Event } from '../../../longhorn/job-types.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { syncRequest } from '../../../longhorn/sync-request.ts';
import type { Backup, BackupTarget, Volume } from '../../../longhorn/types.ts';
import type { BlockMapping } from '../../../store/format/config.ts';
import type { Context } from '../context.ts';
import { dataRangesOf } from '../created-objects.ts';
import type { BackupHandle, TargetHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { causeOfVolume } from './causes.ts';
import { readData } from './data.ts';
import { checksumOfZeros, emptyRanges } from './empty.ts';
import { writeForeign } from './foreign.ts';
import {
  attach,
  type CreatedVolume,
  createVolume,
  describeVolume,
  type RestoredJobs,
  readyNodes,
  type Selectors,
} from './volume.ts';

/**
 * Makes a volume full of random data without a block device: a backup in Longhorn's format is written into the
 * scenario's store, and Longhorn restores it. The volume is then attached without a frontend on the node of the
 * restore. It can be backed up, but not written to.
 */
export const makeRestoredVolume = async (
  context: Context,
  { size, target }: { size: number; target: TargetHandle },
): Promise<VolumeHandle> => {
  const { url, blocks } = await writeSource(context, { size, target });
  const restored = await restoreVolume(context, { size, url, target });
  await attach(context, { ...restored, disableFrontend: true });
  return { ...restored, restored: blocks };
};

type Source = {
  size: number;
  url: string;
  target: TargetHandle;
  standby?: boolean;
  jobs?: RestoredJobs | undefined;
  replicas?: number | undefined;
  name?: string;
  tags?: Selectors | undefined;
  encrypted?: boolean;
};

/** Restores a volume from the URL of a backup. Returns it when it is restored and detached. */
const restoreVolume = async (context: Context, { size, url, target }: Source): Promise<VolumeHandle> => {
  const { name } = await beginRestore(context, { size, url, target });
  await untilRestored(context, { name });
  return { name, target, node: restoredOn(context, name), size };
};

const beginRestore = async (context: Context, { url, ...how }: Source): Promise<CreatedVolume> => {
  const nodes = (await readyNodes(context)).length;
  return createVolume(context, { ...how, nodes, fromBackup: url });
};

/** Waits until Longhorn has read a backup in the store, and knows its URL and its backup target. Returns the Backup. */
export const untilReadInStore = (
  { timelines, timeouts }: Context,
  { name, label }: BackupHandle,
): Promise<Backup> =>
  waitUntil(timelines.backups, ({ status }) => Boolean(status?.url && status.backupTargetName), {
    name,
    label: `Longhorn has read ${label} in the store, and knows its URL and its backup target`,
    describe: describeBackup,
    ...timeouts.backupVolumeKnown,
  });

/**
 * Creates a volume from a backup and returns it when Kubernetes has accepted it. Waits first until Longhorn has
 * read the backup in the store: until then its webhook refuses the volume (v1.8.0 to v1.12.1,
 * webhook/resources/volume/mutator.go).
 */
export const requestRestore = async (
  context: Context,
  backup: BackupHandle,
  how: Pick<Source, 'standby' | 'jobs' | 'replicas' | 'name' | 'tags'> = {},
): Promise<CreatedVolume> => {
  const { status } = await untilReadInStore(context, backup);
  const url = status?.url ?? '';
  const { size, target, keySecret } = backup.volume;
  return beginRestore(context, { ...how, size, url, target, encrypted: keySecret !== undefined });
};

/**
 * Restores a backup into a new volume. Throws if the written data differ or other ranges are not zeros. Without a
 * block device the data cannot be read, so only the restore is judged.
 */
export const judgeRestore = async (
  context: Context,
  { backup, data }: { backup: BackupHandle; data: readonly WrittenData[] },
): Promise<VolumeHandle> => {
  const { name } = await requestRestore(context, backup);
  await untilRestored(context, { name }).catch(async (error: unknown) => {
    throw (await otherCredentialsUsed(context, { name, backup }).catch(() => undefined)) ?? error;
  });
  return judgeRestoredData(context, { name, backup, data });
};

/** Whether an event says why a replica failed in a restore. */
export const isRestoreFailure = ({ reason }: Event): boolean => reason === 'FailedRestore';

/** Returns the catalogue id of the text of such an event. Undefined if the catalogue does not know it. */
export const restoreReasonIn = (text: string, version: string): MessageId | undefined => {
  const found = classify(
    { speaker: 'Volume', field: 'event Warning', state: 'FailedRestore', text },
    version,
  );
  return found.class === 'unclassified' ? undefined : found.id;
};

/**
 * Returns why a restore that was given up proves nothing: known bug targets-mix-credentials. Its replicas did not find
 * the volume's config, though the store has the backup, and another backup target has other credentials. Undefined if
 * they say something else.
 */
export const otherCredentialsUsed = async (
  { cluster, timelines, version }: Context,
  { name, backup }: { name: string; backup: BackupHandle },
): Promise<InconclusiveError | undefined> => {
  const { store } = backup.volume.target;
  const isOther = ({ spec: { credentialSecret = '' } }: BackupTarget): boolean =>
    credentialSecret !== '' && credentialSecret !== store.credentialSecret;
  const isMixable = store.credentialSecret !== '' && timelines.backupTargets.objects().some(isOther);
  if (!isMixable || timelines.volumes.current(name)?.status?.robustness !== 'faulted') return undefined;
  const { items } = await cluster.list<Event>(resources.events, {
    namespace,
    fieldSelector: `involvedObject.name=${name}`,
  });
  const reasons = items.filter(isRestoreFailure);
  const isMissing = ({ message = '' }: Event): boolean =>
    restoreReasonIn(message, version) === 'restore-without-backup' && message.includes('/volume.cfg ');
  if (reasons.length === 0 || !reasons.every(isMissing)) return undefined;
  if (!(await store.backups(backup.volume.name)).includes(backup.name)) return undefined;
  return new InconclusiveError(
    `the restore of ${backup.label} was given up as if the store had lost it, and it is there: Longhorn may have used the credentials of another backup target (known bug targets-mix-credentials)`,
  );
};

/** Throws a broken promise, which `what` begins, if a volume has other data than these. */
export const judgeData = async (
  context: Context,
  { volume, data }: { volume: VolumeHandle; data: readonly WrittenData[] },
  what: string,
): Promise<void> => {
  for (const written of data) {
    const found = await readData(context, { volume, ...written });
    if (found !== written.sha256)
      throw new PromiseBroken(
        `${what}: ${written.size} bytes at ${written.offset} have the checksum ${found}, not ${written.sha256}`,
        { of: 'restore', lacks: found === checksumOfZeros(written.size) ? 'only zeros' : 'other data' },
      );
  }
};

type Restored = {
  name: string;
  backup: BackupHandle;
  data: readonly WrittenData[];
  /** It is degraded when it is attached. Otherwise it must be healthy. */
  lacksReplica?: boolean;
};

/** Attaches a restored volume. Throws if the written data differ or other ranges are not zeros. */
export const judgeRestoredData = async (
  context: Context,
  { name, backup, data, lacksReplica = false }: Restored,
): Promise<VolumeHandle> => {
  const { made, timelines } = context;
  const { size, target } = backup.volume;
  const restoredSize = Number(timelines.volumes.current(name)?.spec.size);
  if (restoredSize < size)
    throw new PromiseBroken(
      `${backup.label}, of a volume of ${size} bytes, was restored to one of ${restoredSize} bytes`,
      { of: 'restore', lacks: 'cut off' },
    );
  const volume = { name, target, node: restoredOn(context, name), size };
  const filled = [...(backup.snapshot.filled ?? dataRangesOf(made, backup.volume.name)), ...data];
  made.filled.push(...filled.map((range) => ({ volume: name, offset: range.offset, size: range.size })));
  const isRead = !context.missingCapabilities.includes('block-device');
  await attach(context, { ...volume, disableFrontend: !isRead, lacksReplica });
  if (isRead)
    await judgeData(
      context,
      { volume, data },
      `${backup.label} was restored with other data than were written`,
    );
  for (const empty of isRead ? emptyRanges(size, filled) : [])
    if ((await readData(context, { volume, ...empty })) !== checksumOfZeros(empty.size))
      throw new Error(
        `${backup.label} was restored with data where nothing was written: ${empty.size} bytes at ${empty.offset} are not all zeros`,
      );
  return volume;
};

const writeSource = async (
  context: Context,
  { size, target: { name: target, store } }: { size: number; target: TargetHandle },
) => {
  const { cluster, timelines, timeouts } = context;
  const { backup, blocks } = await writeForeign(context, { size, store });
  await cluster.patch(
    longhornResources.backupTargets,
    { namespace, name: target },
    { spec: { syncRequestedAt: await syncRequest(timelines.backupTargets.current(target) ?? {}) } },
  );
  const { status } = await waitUntil(
    timelines.backups,
    ({ status }) => status?.state === 'Completed' && Boolean(status.url),
    {
      name: backup,
      label: `Longhorn knows of backup ${backup}, which was written into the store`,
      ...timeouts.writtenBackupKnown,
    },
  );
  return { url: status?.url ?? '', blocks };
};

/** Waits until a volume is restored and detached. With `mayFail`, it may be reported as faulted meanwhile. */
export const untilRestored = async (
  context: Context,
  { name, label = `volume ${name}` }: { name: string; label?: string },
  { mayFail = false }: { mayFail?: boolean } = {},
): Promise<void> => {
  const { volumes } = context.timelines;
  await namingCause(
    () =>
      waitUntil(volumes, isRestored, {
        name,
        label: `${label} is restored, and detached`,
        describe: describeRestore,
        fatal: mayFail ? [] : [notRestored(volumes, name)],
        ...context.timeouts.restored,
      }),
    (signal) => causeOfVolume(context, name, signal),
  );
};

// The node that has the volume's data.
const restoredOn = ({ timelines: { volumes } }: Context, name: string): string => {
  const been = entriesOf(volumes, name).map(({ object }) => object.status?.currentNodeID);
  const node = been.findLast(Boolean);
  if (node === undefined) throw new Error(`nobody saw on which node volume ${name} was restored`);
  return node;
};

/** Whether a volume has all data of its backup and is detached again. */
export const isRestored = ({ status }: Volume): boolean =>
  status?.restoreInitiated === true && !status.restoreRequired && status.state === 'detached';

/** Returns the condition Restore of a volume. */
export const restoreOf = ({ status }: Volume) =>
  status?.conditions?.find(({ type }) => type.toLowerCase() === 'restore');

const notRestored = (timeline: Timeline<Volume>, name: string): FatalState<Volume> => ({
  timeline,
  name,
  describe: describeRestore,
  because: (volume) =>
    restoreOf(volume)?.reason === 'RestoreFailure'
      ? `Longhorn did not restore volume ${name}: ${describeRestore(volume)}`
      : undefined,
});

/** Describes a volume and its restore in one line. */
export const describeRestore = (volume: Volume): string => {
  const { reason, message } = restoreOf(volume) ?? {};
  return [describeVolume(volume), ...[reason, message].filter((text) => text)].join(', ');
};

/**
 * Returns how the blocks of a backup differ from the blocks that its volume was restored with. Empty if they are equal.
 */
export const differencesOf = (written: readonly BlockMapping[], found: readonly BlockMapping[]): string[] => {
  const at = new Map(found.map(({ offset, checksum }) => [offset, checksum]));
  const isOther = ({ offset, checksum }: BlockMapping): boolean =>
    at.has(offset) && at.get(offset) !== checksum;
  const places = new Set(written.map(({ offset }) => offset));
  const kinds: [string, readonly BlockMapping[]][] = [
    ['hold other data', written.filter(isOther)],
    ['are missing', written.filter(({ offset }) => !at.has(offset))],
    ['were never written', found.filter(({ offset }) => !places.has(offset))],
  ];
  return kinds
    .filter(([, blocks]) => blocks.length > 0)
    .map(([what, blocks]) => `${blocks.length} of its blocks ${what}, such as that at ${blocks[0]?.offset}`);
};
