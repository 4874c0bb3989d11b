import { makeBackupOf } from '../controllers/backup/create.ts';
import { createSnapshot } from '../controllers/snapshot/create.ts';
import { isParentOfHead } from '../controllers/snapshot/removal.ts';
import { labelOfWorkload } from '../controllers/volume/kubernetes-status.ts';
import { replicaDirectory } from '../controllers/volume/replica.ts';
import { revertHead } from '../engine/replica-files.ts';
import { isNotFound } from '../kubernetes/client.ts';
import { generateName } from '../longhorn/generate-name.ts';
import type { Snapshot, Volume } from '../longhorn/objects.ts';
import { byName } from './backup.ts';
import { type ApiAction, type ApiCall, stringField, stringMapField } from './call.ts';
import { NotFound, withErrorContext } from './errors.ts';
import { type Links, type RancherResource, toCollection, withLinks } from './resource.ts';
import { toVolume } from './volume.ts';

const isEmpty = (labels: Record<string, string> | null | undefined): boolean =>
  Object.keys(labels ?? {}).length === 0;

/** Converts a Snapshot object to an API resource. */
const toSnapshotCR = ({ metadata, spec, status }: Snapshot, links: Links): RancherResource =>
  withLinks(
    {
      id: metadata.name,
      type: 'snapshotCR',
      name: metadata.name,
      crCreationTime: metadata.creationTimestamp ?? '',
      volume: spec.volume,
      createSnapshot: spec.createSnapshot,
      creationTime: status?.creationTime ?? '',
      labels: (isEmpty(spec.labels) ? status?.labels : spec.labels) ?? null,
      readyToUse: status?.readyToUse ?? false,
      markRemoved: status?.markRemoved ?? false,
    },
    links,
  );

const volumeOf = ({ datastore, name }: ApiCall): Volume => {
  const volume = datastore.volumes.get(name);
  if (!volume) throw new NotFound('volume', name);
  return volume;
};

/** The volume that a request names. */
export const findVolume = (call: ApiCall): Promise<Volume> =>
  withErrorContext('failed to get volume', () => volumeOf(call));

/** Throws for a volume on standby, of which the API makes nothing. */
export const refuseStandby = ({ mutant }: ApiCall, { metadata, status }: Volume, doing: string): void => {
  if (status?.isStandby && mutant !== 'api-takes-standby-for-any')
    throw new Error(`failed to ${doing} for standby volume ${metadata.name}`);
};

const snapshotCRCreate: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const volume = await findVolume(call);
  refuseStandby(call, volume, 'create snapshot');
  const snapshot = await createSnapshot(datastore, volume, {
    name: stringField(input, 'name') || generateName('snap'),
    ...{ createSnapshot: true, labels: stringMapField(input, 'labels') },
  });
  return toSnapshotCR(snapshot, links);
};

const snapshotCRList: ApiAction = async ({ datastore, name, links }) => {
  const own = datastore.snapshots.list().filter(({ spec }) => spec.volume === name);
  return toCollection(
    'snapshotCR',
    own.sort(byName).map((snapshot) => toSnapshotCR(snapshot, links)),
    links,
  );
};

const snapshotCRGet: ApiAction = async ({ datastore, input, links }) => {
  const name = stringField(input, 'name');
  // A recurring job reads the snapshot right after its creation, possibly from another manager. Its cache may
  // lag behind.
  const snapshot = datastore.snapshots.get(name) ?? (await fetchSnapshot(datastore, name));
  return toSnapshotCR(snapshot, links);
};

const fetchSnapshot = ({ snapshots }: ApiCall['datastore'], name: string): Promise<Snapshot> =>
  snapshots.fetch(name).catch((error: unknown) => {
    throw isNotFound(error) ? new NotFound('snapshot', name) : error;
  });

const snapshotCRDelete: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  await findVolume(call);
  try {
    await datastore.snapshots.delete(stringField(input, 'name'));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return withLinks({ type: 'empty' }, links);
};

// Longhorn's engine merges what no user has made, or what is to go, with the next snapshot. So one that is followed by
// the volume's head stays.
const snapshotPurge: ApiAction = async (call) => {
  const { datastore, links } = call;
  const volume = await findVolume(call);
  for (const snapshot of datastore.snapshots.list()) {
    const isKept = snapshot.status?.userCreated === true || isParentOfHead(snapshot);
    if (snapshot.spec.volume === call.name && snapshot.status && !isKept)
      await datastore.snapshots.delete(snapshot.metadata.name);
  }
  return toVolume(datastore, volume, links);
};

const snapshotBackup: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const volume = await findVolume(call);
  refuseStandby(call, volume, 'create backup');
  const snapshotName = stringField(input, 'name');
  if (!snapshotName) throw new Error('volume and snapshot name required');
  const given = stringMapField(input, 'labels');
  for (const [key, value] of Object.entries(given)) {
    if (value === '') throw new Error(`value for label with key ${key} cannot be empty`);
  }
  await makeBackupOf(datastore, volume, {
    ...{ name: generateName('backup'), snapshotName, labels: { ...given, ...labelOfWorkload(call, volume) } },
    backupMode: stringField(input, 'backupMode') || 'incremental',
  });
  return toVolume(datastore, volume, links);
};

/** Needs a volume that is attached without a frontend, and the manager of its node. */
const snapshotRevert: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const { metadata, spec } = await findVolume(call);
  const { name } = metadata;
  if (spec.frontend !== '' && !spec.disableFrontend)
    throw new Error(`failed to revert snapshot for volume ${name} with frontend enabled`);
  const snapshotName = stringField(input, 'name');
  const own = datastore.snapshots.list().filter((each) => each.spec.volume === name);
  const found = own.find(({ metadata }) => metadata.name === snapshotName);
  const replica = datastore.replicas.list().find(({ spec }) => spec.volumeName === name);
  if (!found || !replica) throw new Error(`not found snapshot '${snapshotName}', for volume '${name}'`);
  await revertHead(replicaDirectory(replica), snapshotName);
  for (const each of own) {
    const { 'volume-head': isParent, ...others } = each.status?.children ?? {};
    const children = each === found ? { ...others, 'volume-head': true } : others;
    if (each.status && (isParent || each === found))
      await datastore.snapshots.updateStatus({ ...each, status: { ...each.status, children } });
  }
  return withLinks({ type: 'empty' }, links);
};

const named =
  (doing: string, action: ApiAction): ApiAction =>
  (call) =>
    withErrorContext(doing, () => action(call));

/** Actions on the snapshots of a volume, by name. */
export const snapshotActions: Record<string, ApiAction> = {
  snapshotCRCreate: named('failed to create snapshot CR', snapshotCRCreate),
  snapshotCRList: named('failed to list snapshot CRs', snapshotCRList),
  snapshotCRGet: named('failed to get snapshot CR', snapshotCRGet),
  snapshotCRDelete: named('failed to delete snapshot CR', snapshotCRDelete),
  snapshotPurge: named('failed to purge snapshots', snapshotPurge),
  snapshotBackup: named('failed to backup snapshot', snapshotBackup),
  snapshotRevert: named('failed to revert snapshot', snapshotRevert),
};
