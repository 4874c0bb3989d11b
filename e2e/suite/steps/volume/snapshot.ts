import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import type { FatalState } from '../../../history/fatal-states.ts';
import { namingCause } from '../../../history/nearest-cause.ts';
import { isConditionTrue } from '../../../kube/objects.ts';
import { managersLogged } from '../../../longhorn/manager.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { knownIdsOf, wordingOf } from '../../../longhorn/messages/classify.ts';
import { saidBySnapshot } from '../../../longhorn/messages/said-by.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
  readNow,
} from '../../../longhorn/resources.ts';
import type { Snapshot, Volume } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { dataRangesOf, runLabel } from '../created-objects.ts';
import type { SnapshotHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { causeOfSnapshot } from './causes.ts';
import { describeVolume } from './volume.ts';

/** Creates the object of a snapshot, which Longhorn is to take. Returns its name. */
export const requestSnapshot = async (
  { cluster, made, run, uniqueName }: Context,
  volume: VolumeHandle,
  name = uniqueName('snapshot'),
): Promise<string> => {
  made.snapshots.push(name);
  await cluster.create(longhornResources.snapshots, {
    apiVersion,
    kind: 'Snapshot',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: { volume: volume.name, createSnapshot: true },
  });
  return name;
};

/** Waits until a snapshot can be backed up. */
export const untilSnapshotReady = async (
  context: Context,
  { name, volume }: Pick<SnapshotHandle, 'name' | 'volume'>,
): Promise<void> => {
  const { timelines, timeouts } = context;
  await namingCause(
    () =>
      waitUntil(timelines.snapshots, ({ status }) => status?.readyToUse === true, {
        name,
        label: `snapshot ${name} is ready`,
        describe: describeSnapshot,
        fatal: [lostForGood(context, name)],
        ...timeouts.snapshotReady,
      }),
    (signal) => causeOfSnapshot(context, { name, volume }, signal),
  );
};

/** Makes a snapshot of a volume, and returns when it can be backed up. */
export const makeSnapshot = async (
  context: Context,
  volume: VolumeHandle,
  wanted?: string,
): Promise<SnapshotHandle> => {
  const name = await requestSnapshot(context, volume, wanted);
  await untilSnapshotReady(context, { name, volume });
  return { name, volume, filled: dataRangesOf(context.made, volume.name) };
};

const refusals = { count: 'snapshot-limit', size: 'snapshot-size-limit' } as const;

/** Waits until a snapshot of a volume, by whomever, is refused because of this limit of the volume. Returns it. */
export const untilSnapshotRefused = async (
  { expected, timelines, timeouts, version }: Context,
  volume: VolumeHandle,
  limit: keyof typeof refusals,
): Promise<SnapshotHandle> => {
  const id = refusals[limit];
  const isRefused = ({ spec, status }: Snapshot): boolean =>
    spec.volume === volume.name &&
    !status?.readyToUse &&
    wordingOf(id, { message: status?.error, version }) !== undefined;
  const { metadata } = await waitUntil(timelines.snapshots, isRefused, {
    label: `a snapshot of ${volume.name} is refused because of its maximum ${limit}`,
    describe: describeSnapshot,
    ...timeouts.snapshotReady,
  });
  expected.push({ id, of: metadata.name });
  return { name: metadata.name, volume };
};

/** Deletes a snapshot. There must be a newer one, because Longhorn only marks the newest one as removed. */
export const deleteSnapshot = ({ cluster }: Context, { name }: SnapshotHandle): Promise<unknown> =>
  cluster.delete(longhornResources.snapshots, { namespace, name });

/** Waits until a deleted snapshot is gone. */
export const untilSnapshotGone = (
  { timelines, timeouts }: Context,
  { name }: Pick<SnapshotHandle, 'name'>,
): Promise<unknown> =>
  waitUntilGone(timelines.snapshots, {
    name,
    label: `snapshot ${name} is gone`,
    describe: describeSnapshot,
    ...timeouts.snapshotsGone,
  });

/** Returns the catalogue ids of a snapshot's present messages. */
export const messagesOfSnapshot = (
  { timelines, version }: Context,
  { name }: SnapshotHandle,
): MessageId[] => {
  const snapshot = timelines.snapshots.current(name);
  return snapshot === undefined ? [] : knownIdsOf(saidBySnapshot(snapshot), version);
};

/** Waits until an attached volume has snapshots, and returns the only one. Throws if there are more. */
export const untilOneSnapshot = async (
  { timelines: { snapshots }, timeouts }: Context,
  volume: VolumeHandle,
): Promise<SnapshotHandle> => {
  const isOf = ({ spec, status }: Snapshot): boolean =>
    spec.volume === volume.name && status?.readyToUse === true;
  const { metadata } = await waitUntil(snapshots, isOf, {
    label: `volume ${volume.name} has a snapshot`,
    describe: describeSnapshot,
    ...timeouts.snapshotReady,
  });
  const names = snapshots.objects().flatMap((each) => (isOf(each) ? each.metadata.name : []));
  if (names.length > 1) throw new Error(`volume ${volume.name} has snapshots ${names.join(', ')}`);
  return { name: metadata.name, volume };
};

/** Waits until Longhorn has made a snapshot of a volume for a rebuild. Returns the one that is not among `others`. */
export const untilSystemSnapshot = async (
  { timelines, timeouts }: Context,
  volume: VolumeHandle,
  others: readonly SnapshotHandle[],
): Promise<SnapshotHandle> => {
  const isNew = ({ metadata, spec, status }: Snapshot): boolean =>
    spec.volume === volume.name &&
    status?.userCreated === false &&
    Boolean(status.creationTime) &&
    others.every(({ name }) => name !== metadata.name);
  const { metadata } = await waitUntil(timelines.snapshots, isNew, {
    label: `Longhorn has made a snapshot of ${volume.name} for a rebuild`,
    describe: describeSnapshot,
    ...timeouts.rebuilt,
  });
  return { name: metadata.name, volume };
};

/**
 * Waits until a snapshot is marked as removed. Longhorn does that to the newest snapshot of a volume when it is deleted,
 * and removes it after there is a newer one. It does that to all of a volume too, if a trim may remove them.
 */
export const untilSnapshotMarked = (
  { timelines, timeouts }: Context,
  { name }: SnapshotHandle,
  by: 'deletion' | 'trim' = 'deletion',
): Promise<Snapshot> =>
  waitUntil(
    timelines.snapshots,
    ({ metadata, status }) =>
      (metadata.deletionTimestamp !== undefined) === (by === 'deletion') && status?.markRemoved === true,
    {
      name,
      label: `snapshot ${name} is marked as removed`,
      describe: describeSnapshot,
      ...timeouts.snapshotsGone,
    },
  );

/** Waits until a volume says that it has too many snapshots, or that it has not. */
export const untilManySnapshotsSaid = (
  { timelines, timeouts }: Context,
  { name }: VolumeHandle,
  isSaid: boolean,
): Promise<Volume> =>
  waitUntil(timelines.volumes, (volume) => isConditionTrue(volume, 'TooManySnapshots') === isSaid, {
    name,
    label: `volume ${name} says that it has ${isSaid ? 'too many snapshots' : 'not too many snapshots'}`,
    describe: describeVolume,
    ...timeouts.snapshotsCounted,
  });

/** A deleted snapshot must be there. A manager's log says that it is not purged because of the setting. */
export const judgeNotPurged = async ({ cluster }: Context, { name }: SnapshotHandle): Promise<void> => {
  if ((await readNow(cluster, longhornResources.snapshots, name)) === undefined)
    throw new PromiseBroken(`snapshot ${name} is gone, although no snapshot is to be purged`, {
      ...{ kind: 'Snapshot', name, state: 'gone' },
    });
  if (!(await managersLogged(cluster, 'SnapshotPurge', name, 'disable-snapshot-purge')))
    throw new InconclusiveError(`no log of a manager says why snapshot ${name} is not purged`);
};

// Other errors of a snapshot may be temporary, such as an engine that is not running.
const lostForGood = ({ timelines, version }: Context, name: string): FatalState<Snapshot> => ({
  timeline: timelines.snapshots,
  name,
  describe: describeSnapshot,
  because: ({ status }) =>
    !status?.readyToUse && wordingOf('snapshot-lost', { message: status?.error, version }) !== undefined
      ? `Longhorn has lost snapshot ${name}: ${status?.error}`
      : undefined,
});

/** Describes a snapshot in one line. */
export const describeSnapshot = ({ status }: Snapshot): string =>
  status?.markRemoved
    ? 'marked as removed'
    : status?.readyToUse
      ? 'ready'
      : status?.error
        ? `not ready: ${status.error}`
        : 'not ready';
