import { readFileSync, writeSync } from 'node:fs';
import { decodeBackupURL, encodeBackupURL } from '../../backupstore/url.ts';
import type { TargetClient } from '../../engine/target-client.ts';
import type { Backup, BackupStatus, BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { labels, panicsOverLateFailure } from '../../modelled-on.ts';
import { release } from '../finalizer.ts';
import { isBeingRestored } from '../volume/restore.ts';
import { withdrawAttachment } from '../volume/tickets.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import {
  canGo,
  type DeletionRecord,
  decideDeletion,
  failureStatus,
  mayStart,
  removesRemoteData,
} from './decide-deletion.ts';
import { messages } from './messages.ts';
import { cleanUpSnapshot } from './snapshot.ts';
import { updateStatus } from './status.ts';
import { requestVolumeSync } from './sync.ts';

const hex = (text: string): string => `0x${Buffer.byteLength(text).toString(16)}`;

/**
 * Ends the process as Go's runtime does where the end of a removal has nowhere to be written down
 * (longhorn/longhorn#13245): a trace, exit code 2. As in a real one the trace does not name the backup: of
 * the texts that a function was given it has the lengths.
 */
const panic = ({ url, message }: { url: string; message: string }): never => {
  const controller = 'github.com/longhorn/longhorn-manager/controller.(*BackupController)';
  const set = (text: string): string =>
    `${controller}.setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, ${hex(url)}}, {0x2dfe789, 0x5}, {0xc00dc0a900, ${hex(text)}})`;
  const reason = 'runtime error: invalid memory address or nil pointer dereference';
  // At once: what stands in a stream's buffer would be lost.
  writeSync(
    2,
    [
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
      '',
    ].join('\n'),
  );
  process.exit(2);
};

/** What deletions keep in this process's memory: a manager that is killed loses it. */
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

/** Where a backup is in a store, and how to come there. */
type InStore = { url: string; client: TargetClient };

// The command runs on its own; what becomes of it is seen by whoever reconciles the Backup next. Nobody is
// woken by its end.
const runRemoval = (
  { log, version }: ManagerContext,
  { url, client }: InStore,
  { inProgress }: Deletions,
): void => {
  log.info(`Start deleting backup ${url}`);
  // The entry has gone if the config had, and the Backup with it, before the command ended.
  const end = (record: DeletionRecord): void => {
    if (inProgress.has(url)) inProgress.set(url, record);
    else if (record.state === 'Error' && panicsOverLateFailure(version))
      panic({ url, message: record.message });
  };
  const begin = (pid?: number): unknown => inProgress.set(url, { state: 'Deleting', pid });
  begin();
  client.remove(url, begin).then(
    () => {
      log.info(`Complete deleting backup ${url}`);
      end({ state: 'Succeeded' });
    },
    (error) => end({ state: 'Error', message: messages.failedToDelete(url, error.message) }),
  );
};

// A command that somebody has stopped is waited for on no clock.
const isStopped = (record: DeletionRecord | undefined): boolean => {
  if (record?.state !== 'Deleting' || record.pid === undefined) return false;
  try {
    // The letter stands behind the program's name, which is in brackets.
    return / T /.test(readFileSync(`/proc/${record.pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  } catch {
    return false;
  }
};

// The last of a volume goes with its config on every clock, where a version panics over what the command may
// still come to: no backup waits to start under the command's lock, which is why others stay until it has
// ended on the fast one.
const goesWithConfig = (
  { clock, version, datastore, mutant }: ManagerContext,
  { metadata }: Backup,
  record: DeletionRecord | undefined,
): boolean =>
  mutant !== 'fixed:waiting-backup-loses-lock' &&
  (clock.goesWithConfig ||
    isStopped(record) ||
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
  inStore: InStore,
  deletions: Deletions,
): Promise<void> => {
  const { name } = backup.metadata;
  const { state = '' } = backup.status ?? {};
  if (!mayStart({ state, waiting: deletions.backoff.isWaiting(name), mutant: context.mutant })) return;
  const restored = isBeingRestored(context, decodeBackupURL(inStore.url).volume);
  if (restored && context.mutant !== 'deletion-beside-restore') {
    const error = `backup ${name} cannot be deleted due to the ongoing volume ${restored.metadata.name} restoration`;
    return context.log.warning('Failed to delete backup in backupstore', { backup: name, error });
  }
  // Before the command, where Longhorn does both at once: on a lab node a process takes a tenth of a second
  // to start, and a new backup of the volume must not slip through meanwhile.
  await updateStatus(context, backup, { state: 'Deleting', messages: {} });
  deletions.backoff.next(name);
  runRemoval(context, inStore, deletions);
  deletions.enqueue(name);
};

/** Deletes a backup from the store, a step a call; true once the store has it no more. */
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
  // What cannot be asked now is asked again soon, the state staying as it is.
  const inStore = (await client.inspect(url)) !== undefined;
  // The record is read after the store: a command that ended meanwhile is known to have.
  const record = deletions.inProgress.get(url);
  const step = decideDeletion({
    inStore,
    record,
    url,
    goesWithConfig: goesWithConfig(context, backup, record),
    mutant: context.mutant,
  });
  if (step.do === 'fail') {
    context.log.warning('Failed to delete backup in the backupstore', { backup: name, error: step.message });
    await updateStatus(context, backup, failureStatus(step.message, backup.status, context.mutant));
  }
  if (step.do === 'again') runRemoval(context, { url, client }, deletions);
  if (step.do !== 'release') return false;
  deletions.backoff.forget(name);
  deletions.inProgress.delete(url);
  return true;
};

/** Takes a Backup with a deletionTimestamp a step further, up to its release. */
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
  if (!canGo(context.datastore.volumes.get(volumeName) !== undefined, context.mutant)) return;
  await withdrawAttachment(context, volumeName, 'backup-controller', name);
  const known = backupVolume !== undefined && !backupVolume.metadata.deletionTimestamp;
  const remote = removesRemoteData({
    customResourceOnly: labels.deleteCustomResourceOnly in (backup.metadata.labels ?? {}),
    targetAvailable:
      (target?.status?.available === true || context.mutant === 'deletion-tried-without-target') &&
      target !== undefined &&
      target.spec.backupTargetURL !== '' &&
      !target.metadata.deletionTimestamp,
    backupVolumeKnown: known,
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
  await cleanUpSnapshot(context, backup, 'deleted');
  await release(context.datastore.backups, backup);
  if (remote && context.mutant === 'manager-panics') panic({ url, message: '' });
};
