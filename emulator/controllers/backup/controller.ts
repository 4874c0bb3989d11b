import type { TargetClient } from '../../engine/target-client.ts';
import { isConflict } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { Backup, BackupStatus, BackupTarget } from '../../longhorn/objects.ts';
import { type Context, timestamp } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { isResponsible } from '../../manager/ownership.ts';
import { labels } from '../../modelled-on.ts';
import { withdrawAttachment } from '../volume/tickets.ts';
import { admitBackup } from './admission.ts';
import { type Creations, closeMonitor, reconcileCreation } from './creation.ts';
import { isFinal } from './decide-creation.ts';
import { createDeletions, type Deletions, reconcileDeletion } from './deletion.ts';
import { fromStore } from './from-store.ts';
import { createRetryCounter } from './retry-counter.ts';
import { newStatus, updateStatus } from './status.ts';
import { requestSync } from './sync.ts';

type Memory = { deletions: Deletions; creations: Creations; client: TargetClient };

const isAfter = (a: string | null | undefined, b: string | null | undefined): boolean => Date.parse(a ?? '') > Date.parse(b ?? '');

const reconcileLiving = async (
  context: Context,
  backup: Backup,
  target: BackupTarget,
  volumeName: string,
  memory: Memory,
): Promise<void> => {
  const { datastore, log } = context;
  const { name } = backup.metadata;
  const before = { ...newStatus, ...backup.status };
  const creating = !before.lastSyncedAt && backup.spec.snapshotName && !isFinal(before.state);
  // Only after the final state is stored; the attachment would otherwise go while the owner can still crash.
  if (isFinal(before.state) && before.lastSyncedAt) await withdrawAttachment(context, volumeName, 'backup-controller', name);

  let change: Partial<BackupStatus> = {};
  if (creating) {
    const volume = datastore.volumes.get(volumeName);
    const beyond = notEmulated(backup).join('; ');
    if (!volume || beyond) {
      const error = beyond || `cannot find the corresponding volume: volume ${volumeName} not found`;
      context.recorder(backup, { type: 'Warning', reason: beyond ? 'NotEmulated' : 'Error', message: error });
      await updateStatus(context, backup, { state: 'Error', error, lastSyncedAt: timestamp() });
      return;
    }
    change = await reconcileCreation(context, { backup, volume, target }, before, memory.creations);
    if (change.state === 'Error') change = { ...change, lastSyncedAt: timestamp() };
    if (change.state !== 'Completed') {
      await updateStatus(context, backup, change);
      if (isFinal(change.state ?? '')) closeMonitor(memory.creations, name);
      return;
    }
  } else if (before.lastSyncedAt && !isAfter(backup.spec.syncRequestedAt, before.lastSyncedAt)) {
    return;
  }
  const stored = await fromStore(memory.client, backup, target, volumeName).catch((error) => {
    log.error('Error inspecting backup config', { backup: name, error });
    return undefined;
  });
  if (!stored) return; // Tried again by the next resync.
  await updateStatus(context, backup, { ...change, ...stored });
  closeMonitor(memory.creations, name);
  if (before.state !== 'Completed') await requestSync(context, target, volumeName);
};

const reconcile = async (context: Context, name: string, memory: Memory): Promise<void> => {
  const { datastore, node } = context;
  const found = datastore.backups.get(name);
  if (!found || !isResponsible({ self: node, owner: found.status?.ownerID ?? '', nodes: datastore.nodes.list() })) {
    closeMonitor(memory.creations, name);
    return;
  }
  let backup = found;
  try {
    if (!backup.metadata.deletionTimestamp) backup = await admitBackup(context, backup);
    if (backup.status?.ownerID !== node) {
      backup = await datastore.backups.updateStatus({ ...backup, status: { ...newStatus, ...backup.status, ownerID: node } });
    }
  } catch (error) {
    if (isConflict(error)) return; // Another manager came first.
    throw error;
  }
  const volumeName = backup.metadata.labels?.[labels.backupVolume];
  const target = datastore.backupTargets.get(backup.metadata.labels?.[labels.backupTarget] ?? '');
  if (volumeName === undefined) {
    context.recorder(backup, { type: 'Warning', reason: 'Error', message: 'cannot find the backup volume label' });
    return;
  }
  if (backup.metadata.deletionTimestamp) {
    closeMonitor(memory.creations, name);
    const isOf = ({ spec }: { spec: { volumeName: string; backupTargetName: string } }): boolean =>
      spec.volumeName === volumeName && spec.backupTargetName === target?.metadata.name;
    const backupVolume = datastore.backupVolumes.list().find(isOf);
    return reconcileDeletion(context, { backup, target, backupVolume, volumeName }, memory.deletions);
  }
  if (!target) throw new Error(`failed to find the backup target for the backup ${name}`);
  await reconcileLiving(context, backup, target, volumeName, memory);
};

/** Makes and deletes backups in the store: Longhorn's backup controller. It is woken by Backups alone, and by nothing else. */
export const startBackupController = (context: Context, client: TargetClient): void => {
  const { datastore, clock } = context;
  const enqueue = (name: string): void => add(name);
  const memory: Memory = {
    client,
    creations: { monitors: new Map(), tries: createRetryCounter(clock.creationRetryExpiry), enqueue },
    deletions: createDeletions(context, client, enqueue),
  };
  const add = startController({ name: 'backup', reconcile: (name) => reconcile(context, name, memory) }, context);
  datastore.backups.onEvent(add);
};
