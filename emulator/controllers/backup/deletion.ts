import { readFileSync } from 'node:fs';
import { decodeBackupURL, encodeBackupURL } from '../../backupstore/url.ts';
import type { TargetClient } from '../../engine/target-client.ts';
import { panic } from '../../go.ts';
import type { Backup, BackupStatus, BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { labels, panicsOverLateFailure } from '../../modelled-on.ts';
import { removeFinalizer } from '../finalizer.ts';
import { findRestoringVolume } from '../volume/restore.ts';
import { withdrawAttachment } from '../volume/tickets.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import {
  canFinishDeletion,
  type DeletionRecord,
  decideDeletion,
  failureStatus,
  mayStartDeletion,
  removesRemoteData,
} from './decide-deletion.ts';
import { messages } from './messages.ts';
import { cleanUpSnapshot } from './snapshot.ts';
import { updateBackupStatus } from './status.ts';
import { requestVolumeSync } from './sync.ts';

const hex = (text: string): string => `0x${Buffer.byteLength(text).toString(16)}`;

/**
 * Ends the process as in longhorn/longhorn#13245, where the result of a removal has no record to go to. As in a real
 * trace, the backup's name is missing: for string arguments the trace has only their lengths.
 */
const panicOverRemoval = ({ url, message }: { url: string; message: string }): never => {
  const controller = 'github.com/longhorn/longhorn-manager/controller.(*BackupController)';
  const set = (text: string): string =>
    `${controller}.setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, ${hex(url)}}, {0x2dfe789, 0x5}, {0xc00dc0a900, ${hex(text)}})`;
  const reason = 'runtime error: invalid memory address or nil pointer dereference';
  return panic([
    `panic: ${reason} [recovered, repanicked]`,
    '[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x22a908d]',
    '',
    'goroutine 972544 [running]:',
    set(`Recovered from panic: ${reason}`),
    '\t/app/controller/backup_controller.go:1164 +0xcd',
    `${controller}.startDeletingBackupInBackupStore.func1.1()`,
    '\t/app/controller/backup_controller.go:1093 +0xbe',
    'panic({0x28e8a00?, 0x4bd0df0?})',
    '\t/usr/lib64/go/1.25/src/runtime/panic.go:783 +0x132',
    set(message),
    '\t/app/controller/backup_controller.go:1164 +0xcd',
    `${controller}.startDeletingBackupInBackupStore.func1()`,
    '\t/app/controller/backup_controller.go:1099 +0x14c',
    `created by ${controller}.startDeletingBackupInBackupStore in goroutine 371`,
    '\t/app/controller/backup_controller.go:1089 +0x1ab',
  ]);
};

/** State of deletions, in this process's memory. A killed manager loses it. */
export type Deletions = {
  inProgress: Map<string, DeletionRecord>;
  backoff: Backoff;
  enqueue: (name: string) => void;
};

export const createDeletions = ({ clock }: ManagerContext, enqueue: (name: string) => void): Deletions => ({
  inProgress: new Map(),
  backoff: createBackoff({ min: clock.deletionBackoffMin, max: clock.deletionBackoffMax }),
  enqueue,
});

/** URL of a backup in a store, and a client for that store. */
type BackupLocation = { url: string; client: TargetClient };

// Starts the command without waiting for it. The next reconcile of the Backup reads the result. The end of
// the command triggers no reconcile.
const runRemoval = (
  { log, version }: ManagerContext,
  { url, client }: BackupLocation,
  { inProgress }: Deletions,
): void => {
  log.info(`Start deleting backup ${url}`);
  // The record is missing if the config, and with it the Backup, went before the command ended.
  const end = (record: DeletionRecord): void => {
    if (inProgress.has(url)) inProgress.set(url, record);
    else if (record.state === 'Error' && panicsOverLateFailure(version))
      panicOverRemoval({ url, message: record.message });
  };
  const since = Date.now();
  const begin = (pid?: number): unknown => inProgress.set(url, { state: 'Deleting', since, pid });
  begin();
  client.remove(url, begin).then(
    () => {
      log.info(`Complete deleting backup ${url}`);
      end({ state: 'Succeeded' });
    },
    (error) => end({ state: 'Error', message: messages.failedToDelete(url, error.message) }),
  );
};

// A stopped process may stay stopped for any time, so no clock waits for it.
const isStopped = (record: DeletionRecord | undefined): boolean => {
  if (record?.state !== 'Deleting' || record.pid === undefined) return false;
  try {
    // The state letter follows the program's name, which is in brackets.
    return / T /.test(readFileSync(`/proc/${record.pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  } catch {
    return false;
  }
};

// On the fast clock, a Backup stays until its command has ended, because of backups that wait to start; at most for the
// life of a lock. The last Backup of a volume has none: it goes with its config on every clock, in versions that panic
// over a late failure.
const releasesAfterConfig = (
  { clock, version, datastore, mutant }: ManagerContext,
  { metadata }: Backup,
  record: DeletionRecord | undefined,
): boolean =>
  mutant !== 'fixed:waiting-backup-loses-lock' &&
  (clock.releaseAfterConfig ||
    isStopped(record) ||
    (record?.state === 'Deleting' && Date.now() - record.since > clock.lockExpiry) ||
    (panicsOverLateFailure(version) &&
      !datastore.backups
        .list()
        .some(
          (other) =>
            !other.metadata.deletionTimestamp &&
            [labels.backupVolume, labels.backupTarget].every(
              (label) => other.metadata.labels?.[label] === metadata.labels?.[label],
            ),
        )));

const start = async (
  context: ManagerContext,
  backup: Backup,
  inStore: BackupLocation,
  deletions: Deletions,
): Promise<void> => {
  const { name } = backup.metadata;
  const { state = '' } = backup.status ?? {};
  if (!mayStartDeletion({ state, waiting: deletions.backoff.isWaiting(name), mutant: context.mutant }))
    return;
  const restored = await findRestoringVolume(context, decodeBackupURL(inStore.url).volume);
  if (restored && context.mutant !== 'deletion-beside-restore') {
    const error = `backup ${name} cannot be deleted due to the ongoing volume ${restored.metadata.name} restoration`;
    return context.log.warning('Failed to delete backup in backupstore', { backup: name, error });
  }
  // Set before the command starts, while Longhorn does both at once. On a lab node a process takes a tenth of
  // a second to start, and no new backup of the volume may start meanwhile.
  await updateBackupStatus(context, backup, { state: 'Deleting', messages: {} });
  deletions.backoff.next(name);
  runRemoval(context, inStore, deletions);
  deletions.enqueue(name);
};

/** Advances the deletion of a backup from the store by one step. Returns true when the store no longer has it. */
const removedFromStore = async (
  context: ManagerContext,
  backup: Backup,
  { target, url }: { target: BackupTarget; url: string },
  deletions: Deletions,
): Promise<boolean> => {
  const { name } = backup.metadata;
  const client = await context.targets.open(target);
  if (backup.status?.state !== 'Deleting') {
    await start(context, backup, { url, client }, deletions);
    return false;
  }
  // If this fails, it is repeated soon, and the state stays as it is.
  const inStore = (await client.inspect(url)) !== undefined;
  // Read after the store, so that the record includes a command that ended meanwhile.
  const record = deletions.inProgress.get(url);
  const step = decideDeletion({
    inStore,
    record,
    url,
    releaseAfterConfig: releasesAfterConfig(context, backup, record),
    mutant: context.mutant,
  });
  if (step.do === 'fail') {
    context.log.warning('Failed to delete backup in the backupstore', { backup: name, error: step.message });
    await updateBackupStatus(context, backup, failureStatus(step.message, backup.status, context.mutant));
  }
  if (step.do === 'again') runRemoval(context, { url, client }, deletions);
  if (step.do !== 'release') return false;
  deletions.backoff.forget(name);
  deletions.inProgress.delete(url);
  return true;
};

/** Advances the deletion of a Backup with a deletionTimestamp by one step, up to the removal of its finalizer. */
export const reconcileDeletion = async (
  context: ManagerContext,
  {
    backup,
    target,
    backupVolume,
    volumeName,
  }: {
    backup: Backup;
    target: BackupTarget | undefined;
    backupVolume: BackupVolume | undefined;
    volumeName: string;
  },
  deletions: Deletions,
): Promise<void> => {
  const { name } = backup.metadata;
  if (!canFinishDeletion(context.datastore.volumes.get(volumeName) !== undefined, context.mutant)) return;
  await withdrawAttachment(context, volumeName, 'backup-controller', name);
  const known = backupVolume !== undefined && !backupVolume.metadata.deletionTimestamp;
  const remote = removesRemoteData({
    customResourceOnly: labels.deleteCustomResourceOnly in (backup.metadata.labels ?? {}),
    targetAvailable:
      (target?.status?.available === true || context.mutant === 'deletion-tried-without-target') &&
      target !== undefined &&
      target.spec.backupTargetURL !== '' &&
      !target.metadata.deletionTimestamp,
    backupVolumeKnown: known || context.mutant === 'fixed:first-backup-outlives-its-deletion',
  });
  const url = encodeBackupURL({ url: target?.spec.backupTargetURL ?? '', volume: volumeName, backup: name });
  if (remote && target && !(await removedFromStore(context, backup, { target, url }, deletions))) return;
  if (known && backupVolume.status?.lastBackupName === name) await requestVolumeSync(context, backupVolume);
  const state: BackupStatus['state'] = backup.status?.state ?? '';
  if (state === 'Error' || state === 'Unknown') {
    context.recorder(backup, {
      type: 'Warning',
      reason: state,
      message: `Failed backup ${name} has been deleted: ${backup.status?.error ?? ''}`,
    });
  }
  if (remote || context.mutant !== 'fixed:lost-backup-takes-snapshot')
    await cleanUpSnapshot(context, backup, 'deleted');
  await removeFinalizer(context.datastore.backups, backup);
  if (remote && context.mutant === 'manager-panics') panicOverRemoval({ url, message: '' });
};
