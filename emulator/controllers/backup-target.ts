import { isDeepStrictEqual } from 'node:util';
import type { TargetClient } from '../engine/target-client.ts';
import { alreadyExists, isConflict, isNotFound } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import { ownerReference, withCondition } from '../kubernetes/objects.ts';
import type { BackupTarget, BackupVolume } from '../longhorn/objects.ts';
import { type Context, timestamp } from '../manager/context.ts';
import { parseGoDuration } from '../manager/go-duration.ts';
import { notEmulated } from '../manager/not-emulated.ts';
import { isResponsible } from '../manager/ownership.ts';
import { backupVolumeName, finalizer, labels } from '../modelled-on.ts';
import { createSyncGate, type SyncGate } from './sync-gate.ts';

type Status = NonNullable<BackupTarget['status']>;

const newStatus: Status = { ownerID: '', available: false, conditions: null, lastSyncedAt: null };

const unavailable = (status: Status, message: string): Status => ({
  ...status,
  available: false,
  conditions: withCondition(status.conditions, { type: 'Unavailable', status: 'True', reason: 'Unavailable', message }, timestamp()),
});

const available = (status: Status): Status => ({
  ...status,
  available: true,
  conditions: withCondition(status.conditions, { type: 'Unavailable', status: 'False' }, timestamp()),
});

// Without touching the store: what is deleted here is only this cluster's view of it.
const forget = async ({ datastore }: Context, { metadata }: BackupVolume): Promise<void> => {
  if (metadata.deletionTimestamp) return;
  try {
    await datastore.backupVolumes.patch(metadata.name, { metadata: { labels: { [labels.deleteCustomResourceOnly]: 'true' } } });
    await datastore.backupVolumes.delete(metadata.name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

// Brings the BackupVolumes in line with the volumes the store has.
const syncVolumes = async (context: Context, target: BackupTarget, inStore: string[]): Promise<void> => {
  const { datastore } = context;
  const known = datastore.backupVolumes.list().filter(({ spec }) => spec.backupTargetName === target.metadata.name);
  const isKnown = (volume: string): boolean => known.some(({ spec }) => spec.volumeName === volume);
  for (const volume of inStore.filter((name) => !isKnown(name))) {
    await datastore.backupVolumes
      .create({
        metadata: {
          name: backupVolumeName(volume, target.metadata.name),
          labels: { [labels.backupTarget]: target.metadata.name, [labels.backupVolume]: volume },
          finalizers: [finalizer],
          ownerReferences: [ownerReference(target)],
        },
        spec: { backupTargetName: target.metadata.name, volumeName: volume, syncRequestedAt: null },
      })
      .catch((error) => {
        if (!alreadyExists(error)) throw error;
      });
  }
  for (const backupVolume of known) {
    if (!inStore.includes(backupVolume.spec.volumeName)) await forget(context, backupVolume);
  }
};

const sync = async (context: Context, target: BackupTarget, client: TargetClient): Promise<Status> => {
  const status = { ...newStatus, ...target.status };
  const url = target.spec.backupTargetURL;
  const beyond = notEmulated(target).join('; ');
  if (url === '' || beyond) {
    for (const backupVolume of context.datastore.backupVolumes.list()) {
      if (backupVolume.spec.backupTargetName === target.metadata.name) await forget(context, backupVolume);
    }
    return { ...unavailable(status, beyond || 'backup target URL is empty'), lastSyncedAt: null };
  }
  let inStore: string[];
  try {
    inStore = await client.backupVolumes(url);
  } catch (error) {
    context.log.error('Failed to get info from backup store', { backupTarget: target.metadata.name, error });
    return unavailable(status, `failed to list backups in ${url}: ${(error as Error).message}`);
  }
  // Longhorn too first says that it is there, and synchronises in the next round.
  if (!status.available) return available(status);
  await syncVolumes(context, target, inStore);
  return { ...status, lastSyncedAt: timestamp() };
};

const pollIsDue = ({ spec, status }: BackupTarget): boolean => {
  const interval = parseGoDuration(spec.pollInterval);
  return interval > 0 && status?.available === true && !!status.lastSyncedAt && Date.now() - Date.parse(status.lastSyncedAt) > interval;
};

/** Which URL this process last knew a target by, by the target's UID. */
type Memory = { client: TargetClient; gate: SyncGate; urls: Map<string, string> };

const reconcile = async (context: Context, name: string, { client, gate, urls }: Memory): Promise<void> => {
  const { datastore, node } = context;
  let target = datastore.backupTargets.get(name);
  if (!target) return;
  const { uid = '' } = target.metadata;
  const { backupTargetURL: url, syncRequestedAt } = target.spec;
  const before = urls.get(uid);
  urls.set(uid, url);
  // In every manager, owner or not: each has mounts of its own.
  if (url === '' && before) await client.unmountAll();
  if (!isResponsible({ self: node, owner: target.status?.ownerID ?? '', nodes: datastore.nodes.list() })) return;
  try {
    if (target.status?.ownerID !== node) {
      target = await datastore.backupTargets.updateStatus({ ...target, status: { ...newStatus, ...target.status, ownerID: node } });
    }
  } catch (error) {
    if (isConflict(error)) return; // Another manager came first.
    throw error;
  }
  // A new URL alone is no reason: from one store to another Longhorn goes only when asked to, or when its poll is due.
  if (url !== '' && !gate.isDue(uid, syncRequestedAt, target.status?.lastSyncedAt) && !pollIsDue(target)) return;
  const status = await sync(context, target, client);
  if (status.lastSyncedAt) gate.served(uid, syncRequestedAt);
  if (!isDeepStrictEqual(status, target.status)) await datastore.backupTargets.updateStatus({ ...target, status });
};

/** Keeps BackupTargets available or not, and their BackupVolumes as the store has them. */
export const startBackupTargetController = (context: Context, client: TargetClient): void => {
  const memory: Memory = { client, gate: createSyncGate(), urls: new Map() };
  const enqueue = startController({ name: 'backup-target', reconcile: (name) => reconcile(context, name, memory) }, context);
  context.datastore.backupTargets.onEvent(enqueue);
};
