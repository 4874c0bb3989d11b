import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetClient } from '../engine/target-client.ts';
import { alreadyExists, type Client, ignoreMissing } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import { ownerReference, withCondition } from '../kubernetes/objects.ts';
import type { BackupTarget, SystemBackup } from '../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { isResponsibleFor, takeOwnership } from '../manager/ownership.ts';
import { defaultTargetName, labels } from '../modelled-on.ts';
import { readTarget } from './backup-target/read.ts';
import { deleteCustomResourceOnly, ensureFinalizer, removeFinalizer } from './finalizer.ts';
import { backUpVolumes } from './system-backup-volumes.ts';
import { packSystem } from './system-bundle.ts';

type Status = NonNullable<SystemBackup['status']>;

const newStatus: Status = {
  ...{ ownerID: '', version: '', gitCommit: '', managerImage: '', state: '' },
  ...{ conditions: null, createdAt: null, lastSyncedAt: null },
};

/** The next state, or the reason and the message of an Error, and further fields of the status. */
type Next =
  | ({ state: Status['state'] } & Partial<Status>)
  | ({ reason: string; message: string } & Partial<Status>);

type Step = {
  context: ManagerContext;
  systemBackup: SystemBackup;
  status: Status;
  client: TargetClient;
  target: BackupTarget;
  kubernetes: Client;
  image: string;
  enqueue: (name: string) => void;
};

// The next manager does not find it, as in Longhorn, where it is in the container.
const ofThisProcess = randomBytes(4).toString('hex');

const fileOf = ({ metadata }: SystemBackup): string =>
  join(tmpdir(), `${metadata.name}-${ofThisProcess}.zip`);

const pack = async ({ context, systemBackup, kubernetes }: Step): Promise<void> =>
  writeFile(fileOf(systemBackup), await packSystem(context, kubernetes, systemBackup.metadata.name));

const start = async ({ context, systemBackup, client, target }: Step): Promise<Next | undefined> => {
  const { datastore, version } = context;
  const { name } = systemBackup.metadata;
  if (systemBackup.metadata.labels?.[labels.version] !== undefined) return { state: 'Syncing' };
  const url = target.spec.backupTargetURL;
  const found = await client.systemBackups(url).catch((error: Error) => error);
  if (found instanceof Error)
    return {
      reason: 'Start',
      message: `failed to list system backups in backup target: ${found.message}`,
    };
  const [, of] = /^.*\/([^/]+)\/[^/]+$/.exec(found[name] ?? '') ?? [];
  if (of === undefined) return { state: 'CreatingVolumeBackups', version, gitCommit: 'emulator' };
  if (context.mutant === 'fixed:reused-system-backup-name-makes-nothing')
    return { reason: 'Start', message: `system backup ${name} exists in the backup target` };
  await datastore.systemBackups.patch(name, { metadata: { labels: { [labels.version]: of } } });
  return undefined;
};

// Each second, for up to an hour (system_backup_controller.go, UploadSystemBackup).
const upload = async (step: Step): Promise<Next> => {
  const { context, systemBackup, status, client, target, image } = step;
  const url = target.spec.backupTargetURL;
  const place = { version: status.version, name: systemBackup.metadata.name };
  const end = Date.now() + context.clock.systemBackupTimeout;
  if (context.mutant === 'fixed:ended-manager-stops-system-backup') await pack(step);
  let failure: Error | undefined;
  const isDeleted = (): boolean =>
    context.datastore.systemBackups.get(place.name)?.metadata.deletionTimestamp !== undefined;
  while (Date.now() < end && !context.signal.aborted && !isDeleted()) {
    await sleep(1_000, undefined, { ref: false });
    try {
      failure = undefined;
      if ((await client.systemBackup(url, place)) !== undefined) break;
      if (context.mutant === 'system-backup-not-uploaded') break;
      await client.uploadSystemBackup(url, { ...place, file: fileOf(systemBackup), image });
    } catch (error) {
      const isThere = (error as Error).message.includes('already exists');
      failure = isThere ? undefined : (error as Error);
      if (isThere && context.mutant === 'fixed:refused-system-backup-config-is-never-written')
        await client.removeSystemBackup(url, place);
    }
  }
  if (failure !== undefined)
    return { reason: 'Upload', message: `timeout uploading system backup: ${failure.message}` };
  return { state: 'Ready', managerImage: image, createdAt: timestamp() };
};

const uploads = new Set<string>();

// Beside the controller, which goes on with what happens to the object. Nothing ends it (UploadSystemBackup).
const uploadAside = (step: Step): void => {
  const { context, systemBackup } = step;
  const { name, uid = '' } = systemBackup.metadata;
  if (uploads.has(uid)) return;
  uploads.add(uid);
  const end = async (): Promise<void> => {
    const next = await upload(step);
    await rm(fileOf(systemBackup), { force: true });
    uploads.delete(uid);
    const current = await context.datastore.systemBackups.fetch(name).catch(ignoreMissing);
    if (current?.metadata.uid !== uid) return;
    if (current.metadata.deletionTimestamp) return step.enqueue(name);
    await writeNext({ ...step, systemBackup: current }, next);
  };
  end().catch((error) => {
    uploads.delete(uid);
    context.log.warning(`Failed to note the upload of system backup ${name}`, { error });
    step.enqueue(name);
  });
};

const sync = async ({ context, systemBackup }: Step): Promise<Next> => {
  const { name, labels: own } = systemBackup.metadata;
  const place = { version: own?.[labels.version] ?? '', name };
  // Another manager may have found it at a URL that this one has not seen yet.
  const target = await context.datastore.backupTargets.fetch(defaultTargetName);
  const client = await context.targets.open(target);
  const found = await client.systemBackup(target.spec.backupTargetURL, place).catch(() => undefined);
  if (found === undefined) return { reason: 'Sync', message: 'failed to sync from backup target' };
  return {
    state: 'Ready',
    ...{ version: found.LonghornVersion, gitCommit: found.LonghornGitCommit },
    ...{ managerImage: found.ManagerImage, createdAt: timestamp(new Date(found.CreatedAt)) },
  };
};

// Longhorn only logs an error here (cleanupRemoteSystemBackupFiles). The object then goes all the same.
const removeFiles = async ({ context, systemBackup, status, client, target }: Step): Promise<void> => {
  const { metadata } = systemBackup;
  const version =
    status.version ||
    (context.mutant === 'fixed:unread-system-backup-is-never-deleted' && metadata.labels?.[labels.version]);
  if (!version || metadata.labels?.[labels.deleteCustomResourceOnly] || !target.status?.available) return;
  const url = target.spec.backupTargetURL;
  try {
    const all = await client.systemBackups(url);
    const isPrefixToo = (name: string): boolean =>
      context.mutant === 'system-backup-takes-others-along' && name.startsWith(metadata.name);
    for (const name of Object.keys(all))
      if (name === metadata.name || isPrefixToo(name))
        await client.removeSystemBackup(url, { version, name });
  } catch (error) {
    if (context.mutant === 'fixed:system-backup-deletion-ignores-refusal') throw error;
    context.log.warning(`Failed to delete ${metadata.name} system backup in backup target`, { error });
  }
};

const remove = async (step: Step): Promise<undefined> => {
  const { context, systemBackup } = step;
  await removeFiles(step);
  await removeFinalizer(context.datastore.systemBackups, systemBackup);
};

const work = async (step: Step): Promise<Next | undefined> => {
  const { context, status } = step;
  if (status.state === 'Deleting') return remove(step);
  if (status.state === '') return start(step);
  if (status.state === 'CreatingVolumeBackups') {
    const failure = await backUpVolumes(context, step.systemBackup).catch((error: Error) => error);
    if (failure instanceof Error) return { reason: 'Start', message: failure.message };
    const isSkipped = context.mutant === 'system-backup-skips-a-state';
    return { state: isSkipped ? 'Generating' : 'CreatingBackingImageBackups' };
  }
  if (status.state === 'CreatingBackingImageBackups') {
    await sleep(context.clock.systemBackupPoll, undefined, { ref: false });
    return { state: 'Generating' };
  }
  if (status.state === 'Generating') {
    await pack(step);
    return { state: 'Uploading' };
  }
  if (status.state === 'Uploading') return void uploadAside(step);
  return status.state === 'Syncing' ? sync(step) : undefined;
};

const writeNext = async ({ context, systemBackup, status }: Step, next: Next): Promise<void> => {
  const { recorder, datastore } = context;
  const { reason, message, ...fields } = { reason: '', message: '', ...next };
  const hasFailed = reason !== '';
  const now = timestamp();
  const error = { type: 'Error', status: 'True', reason, message } as const;
  const written: Status = {
    ...status,
    ...fields,
    ...(hasFailed && { state: 'Error', conditions: withCondition(status.conditions, error, now) }),
    lastSyncedAt: now,
  };
  if (written.state === status.state) return;
  await datastore.systemBackups.updateStatus({ ...systemBackup, status: written });
  if (hasFailed)
    recorder(systemBackup, {
      type: 'Warning',
      reason: 'Failed',
      message: `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`,
    });
};

type Reconciled = Pick<Step, 'image' | 'kubernetes' | 'enqueue'> & { name: string };

// As the default target is before it goes, where Longhorn is uninstalled. A SystemBackup may go after that.
const emptyTarget = { metadata: { name: defaultTargetName }, spec: { backupTargetURL: '' } } as BackupTarget;

const reconcile = async (context: ManagerContext, { name, ...more }: Reconciled): Promise<void> => {
  const { datastore } = context;
  const found = await readTarget(context, defaultTargetName);
  const target = found ?? emptyTarget;
  // Longhorn opens the target first, whatever is to be done, and in each manager (syncSystemBackup).
  const client = await context.targets.open(target);
  const known = datastore.systemBackups.get(name);
  if (known === undefined || (!found && !known.metadata.deletionTimestamp)) return;
  if (!isResponsibleFor(context, known)) return;
  const systemBackup = await takeOwnership(context, known, {
    ...{ collection: datastore.systemBackups, newStatus },
    prepare: (each) => ensureFinalizer(datastore.systemBackups, each),
  });
  if (systemBackup === undefined) return;
  const status = { ...newStatus, ...systemBackup.status };
  const step: Step = { context, systemBackup, status, client, target, ...more };
  const isDeleted = systemBackup.metadata.deletionTimestamp !== undefined && status.state !== 'Deleting';
  const isUploading = uploads.has(systemBackup.metadata.uid ?? '');
  if (isDeleted && isUploading && context.mutant === 'fixed:deleted-system-backup-comes-back') return;
  const next = isDeleted ? ({ state: 'Deleting' } as const) : await work(step);
  if (next !== undefined) await writeNext(step, next);
};

/**
 * Makes, reads and deletes the system backups in the store of the default backup target. Unlike Longhorn, a step runs
 * once, whatever happens to the object meanwhile.
 */
export const startSystemBackupController = (
  context: ManagerContext,
  more: Pick<Step, 'image' | 'kubernetes'>,
): void => {
  const enqueue: Step['enqueue'] = startController(
    {
      name: 'system-backup',
      reconcile: (name) => reconcile(context, { name, ...more, enqueue: (again) => enqueue(again) }),
      // Longhorn drops it after any error (system_backup_controller.go, handleErr), and reads most from its caches.
      // There is no resync, so nothing comes back to it then.
      isDropped: ({ message }, failures) =>
        failures >= 3 &&
        /: secret .* not found$/.test(message) &&
        context.mutant !== 'fixed:system-backup-forgotten-without-secret',
    },
    context,
  );
  context.datastore.systemBackups.onEvent(enqueue);
};

/** Deletes all SystemBackups from this cluster, as when the default backup target has lost its URL. */
export const forgetSystemBackups = async (context: ManagerContext): Promise<void> => {
  const { systemBackups } = context.datastore;
  for (const each of systemBackups.list()) await deleteCustomResourceOnly(systemBackups, each);
};

/**
 * Makes a SystemBackup for each folder in the store, and deletes those that are Ready and have none
 * (backup_target_controller.go, syncSystemBackup). Objects in another state stay as they are.
 */
export const syncSystemBackups = async (
  context: ManagerContext,
  target: BackupTarget,
  client: TargetClient,
): Promise<void> => {
  const { systemBackups } = context.datastore;
  const ready = systemBackups.list().filter(({ status }) => status?.state === 'Ready');
  const stored = await client.systemBackups(target.spec.backupTargetURL);
  for (const [name, folder] of Object.entries(stored)) {
    if (ready.some(({ metadata }) => metadata.name === name)) continue;
    const known = systemBackups.get(name);
    if (known?.status?.state === 'Error' && context.mutant === 'fixed:unread-system-backup-stays-in-error')
      await systemBackups.updateStatus({ ...known, status: { ...known.status, state: '' } });
    if (context.mutant === 'system-backups-not-found') continue;
    const version = folder.split('/').at(-2) ?? '';
    const metadata = {
      ...{ name, labels: { [labels.version]: version } },
      ownerReferences: [ownerReference(target)],
    };
    await systemBackups.create({ metadata, spec: {} }).catch((error) => {
      if (!alreadyExists(error)) throw error;
    });
  }
  for (const each of ready)
    if (stored[each.metadata.name] === undefined) await deleteCustomResourceOnly(systemBackups, each);
};
