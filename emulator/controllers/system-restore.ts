import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strFromU8, unzipSync } from 'fflate';
import { encodeSystemBackupURL, type SystemBackupPlace } from '../backupstore/system-backup.ts';
import { encodeBackupURL } from '../backupstore/url.ts';
import { isConflict } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import { withCondition } from '../kubernetes/objects.ts';
import type {
  BackupTarget,
  LonghornObject,
  RecurringJob,
  Setting,
  SystemRestore,
  Volume,
} from '../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { isResponsible } from '../manager/ownership.ts';
import { defaultTargetName, labels, restoreMarks } from '../modelled-on.ts';

type Status = NonNullable<SystemRestore['status']>;
type Bundle = {
  settings: Setting[];
  backupTargets: BackupTarget[];
  recurringJobs: RecurringJob[];
  volumes: Volume[];
};
type Rollout = { context: ManagerContext; restore: SystemRestore; url: string; at: string; from: string };

const newStatus: Status = { ownerID: '', state: '', sourceURL: '', conditions: null };

// Without what belongs to the former object. The status is written by the controllers.
const anew = <T extends LonghornObject<object, object>>(
  { metadata: { name, labels = {}, annotations, finalizers = [] }, status: _, ...rest }: T,
  marks: Record<string, string>,
) => ({
  ...rest,
  metadata: { name, labels, finalizers, annotations: { ...annotations, ...marks } },
});

const marksOf = ({ from, at }: Rollout): Record<string, string> => ({
  [restoreMarks.restored]: from,
  [restoreMarks.restoredAt]: at,
});

const skipped = ({ from, at }: Rollout) => ({
  metadata: {
    annotations: {
      ...{ [restoreMarks.restored]: null, [restoreMarks.restoredAt]: null },
      ...{ [restoreMarks.skipped]: from, [restoreMarks.skippedAt]: at },
    },
  },
});

const restoreSettings = async (rollout: Rollout, { settings }: Bundle): Promise<void> => {
  const { context } = rollout;
  for (const each of settings) {
    const { name } = each.metadata;
    const isThere = context.datastore.settings.get(name);
    if (isThere === undefined) continue;
    const isSame = isThere.value === each.value;
    const marks = isSame ? skipped(rollout) : { metadata: { annotations: marksOf(rollout) } };
    await context.datastore.settings.patch(name, { ...marks, value: each.value });
  }
};

const restoreTargets = async (rollout: Rollout, { backupTargets }: Bundle): Promise<void> => {
  const collection = rollout.context.datastore.backupTargets;
  for (const each of backupTargets) {
    const { name } = each.metadata;
    if (collection.get(name)) await collection.patch(name, skipped(rollout));
    else await collection.create({ metadata: { name, annotations: marksOf(rollout) }, spec: each.spec });
  }
};

// Unlike volumes and backup targets, one that is there gets the settings that it had.
const restoreJobs = async (rollout: Rollout, { recurringJobs }: Bundle): Promise<void> => {
  const { datastore, mutant } = rollout.context;
  for (const each of recurringJobs) {
    const { name } = each.metadata;
    const isThere = datastore.recurringJobs.get(name);
    if (isThere) {
      const isSame = JSON.stringify(isThere.spec) === JSON.stringify(each.spec);
      const marks = isSame ? skipped(rollout) : { metadata: { annotations: marksOf(rollout) } };
      await datastore.recurringJobs.patch(name, { ...marks, spec: each.spec });
    } else if (mutant !== 'system-restore-forgets-jobs')
      await datastore.recurringJobs.create(anew(each, marksOf(rollout)));
  }
};

const oldestBackupOf = ({ datastore }: ManagerContext, volume: string): string | undefined =>
  datastore.backups
    .list()
    .filter(({ status }) => status?.volumeName === volume)
    .toSorted((one, other) =>
      (one.status?.backupCreatedAt ?? '').localeCompare(other.status?.backupCreatedAt ?? ''),
    )[0]?.metadata.name;

const restoreVolume = async (rollout: Rollout, volume: Volume): Promise<void> => {
  const { context, restore, url } = rollout;
  const { datastore, mutant, recorder } = context;
  const { name } = volume.metadata;
  let isThere = datastore.volumes.get(name);
  if (isThere?.spec.nodeID) return;
  if (isThere && mutant === 'system-restore-replaces-volumes') {
    await datastore.volumes.delete(name);
    while (isThere) {
      await sleep(200, undefined, { ref: false });
      isThere = datastore.volumes.get(name);
    }
  }
  if (isThere && mutant === 'system-restore-marks-only-new-volumes') return;
  if (isThere) return void (await datastore.volumes.patch(name, skipped(rollout)));
  const last =
    (mutant === 'system-restore-takes-oldest-backup' && oldestBackupOf(context, name)) ||
    volume.status?.lastBackup;
  const isFromBackup = Boolean(last) && !volume.status?.isStandby;
  const fromBackup = isFromBackup
    ? encodeBackupURL({ url, volume: name, backup: last ?? '' })
    : volume.spec.fromBackup;
  // Longhorn's webhook does not know a volume of such a backup.
  if (isFromBackup && datastore.backups.get(last ?? '') === undefined) {
    const message = `Failed to create item: Volume ${name}: admission webhook "mutator.longhorn.io" denied the request: cannot get backup ${last}: backup.longhorn.io "${last}" not found`;
    recorder(restore, { type: 'Warning', reason: `FailedCreating: Volume ${name}`, message });
    if (mutant === 'fixed:system-restore-leaves-volume-out') throw new Error(message);
    return;
  }
  const marks = { ...marksOf(rollout), [restoreMarks.backup]: fromBackup ?? '' };
  const spec = { ...volume.spec, nodeID: '', ...(fromBackup && { fromBackup }) };
  await datastore.volumes.create(anew({ ...volume, spec }, marks));
};

// A volume is refused if Longhorn does not know its backup yet.
const untilBackupsKnown = async ({ context }: Rollout, { volumes }: Bundle): Promise<void> => {
  for (const { status } of volumes)
    for (
      let tries = 0;
      tries < 600 && status?.lastBackup && !context.datastore.backups.get(status.lastBackup);
      tries += 1
    )
      await sleep(500, undefined, { ref: false });
};

const restoreVolumes = async (rollout: Rollout, { volumes }: Bundle): Promise<void> => {
  for (const each of volumes) await restoreVolume(rollout, each);
};

const unpack = (archive: Uint8Array): Bundle => {
  const files = Object.entries(unzipSync(archive));
  const read = (kind: string) => {
    const [, content] = files.find(([path]) => path.endsWith(`/longhorn/${kind.toLowerCase()}.yaml`)) ?? [];
    return content === undefined ? [] : JSON.parse(strFromU8(content));
  };
  const kinds = ['settings', 'backupTargets', 'recurringJobs', 'volumes'];
  return Object.fromEntries(kinds.map((kind) => [kind, read(kind)])) as Bundle;
};

const writeState = async (
  { datastore, mutant }: ManagerContext,
  name: string,
  status: Partial<Status>,
): Promise<void> => {
  if (status.state === 'Unpacking' && mutant === 'system-restore-skips-a-state') return;
  const current = await datastore.systemRestores.fetch(name);
  await datastore.systemRestores.updateStatus({
    ...current,
    status: { ...newStatus, ...current.status, ...status },
  });
};

// What longhorn-manager system-rollout does in the pod of a Job (system_rollout_controller.go, systemRollout).
const rollOut = async (context: ManagerContext, restore: SystemRestore): Promise<void> => {
  const { datastore, mutant } = context;
  const { name } = restore.metadata;
  const file = join(tmpdir(), `${name}-restored.zip`);
  const to = (state: Status['state'], more: Partial<Status> = {}) =>
    writeState(context, name, { state, ...more });
  try {
    const target = await datastore.backupTargets.fetch(defaultTargetName);
    const client = await context.targets.open(target);
    const url = target.spec.backupTargetURL;
    const backup = await datastore.systemBackups.fetch(restore.spec.systemBackup);
    const place: SystemBackupPlace = { version: backup.status?.version ?? '', name: backup.metadata.name };
    await datastore.systemRestores.patch(name, {
      metadata: { labels: { [labels.systemRestore]: 'InProgress' } },
    });
    const from = encodeSystemBackupURL(url, place);
    await to('Downloading', { sourceURL: from });
    await client.downloadSystemBackup(url, place, file);
    await to('Unpacking');
    const bundle = unpack(await readFile(file));
    await to('Restoring');
    const rollout: Rollout = { context, restore, url, at: timestamp(), from };
    // Each kind is tried each second, the first time after one.
    const kind = (work: typeof restoreVolumes) =>
      sleep(1_000, undefined, { ref: false }).then(() => work(rollout, bundle));
    await kind(restoreSettings);
    await Promise.all([restoreTargets, restoreJobs].map(kind));
    if (mutant === 'fixed:system-restore-waits-for-no-target') await untilBackupsKnown(rollout, bundle);
    await kind(restoreVolumes);
    await to('Completed');
  } catch (error) {
    if (mutant === 'system-restore-reads-anything') return to('Completed');
    const message = `failed to restore Longhorn system: ${(error as Error).message}`;
    const failed = { type: 'Error', status: 'True', reason: 'Restore', message } as const;
    await to('Error', { conditions: withCondition(restore.status?.conditions ?? null, failed, timestamp()) });
  }
  await rm(file, { force: true });
  await datastore.systemRestores.patch(name, { metadata: { labels: { [labels.systemRestore]: null } } });
};

// Without it, Longhorn makes no Job (system_restore_controller.go, CreateSystemRestoreJob).
const readConfig = async (context: ManagerContext, { spec }: SystemRestore): Promise<void> => {
  const { datastore, targets } = context;
  const target = await datastore.backupTargets.fetch(defaultTargetName);
  const { metadata, status } = await datastore.systemBackups.fetch(spec.systemBackup);
  const place = { version: status?.version ?? '', name: metadata.name };
  const client = await targets.open(target);
  if ((await client.systemBackup(target.spec.backupTargetURL, place)) === undefined)
    throw new Error(`cannot find the config of system backup ${metadata.name}`);
};

const reconcile = async (context: ManagerContext, name: string): Promise<void> => {
  const { datastore, mutant, node } = context;
  const restore = datastore.systemRestores.get(name);
  if (restore === undefined || restore.metadata.deletionTimestamp) return;
  const owner = restore.status?.ownerID ?? '';
  if (!isResponsible({ self: node, owner, nodes: datastore.nodes.list() })) return;
  if ((restore.status?.state ?? '') !== '') return;
  const failure = await readConfig(context, restore).catch((error: Error) => error);
  const isRead = !(failure instanceof Error) || mutant === 'system-restore-reads-anything';
  const message = `failed to create system restore Job: ${failure instanceof Error ? failure.message : ''}`;
  const failed = {
    ...({ type: 'Error', status: 'True', message } as const),
    reason: `FailedCreating: Job for ${name}`,
  } as const;
  const status: Status = {
    ...newStatus,
    ownerID: node,
    ...(isRead
      ? { state: 'Pending' }
      : { state: 'Error', conditions: withCondition(null, failed, timestamp()) }),
  };
  try {
    await datastore.systemRestores.updateStatus({ ...restore, status });
  } catch (error) {
    if (isConflict(error)) return; // Another manager was first.
    throw error;
  }
  if (!isRead) return;
  // A pod takes about as long to start.
  await sleep(1_000, undefined, { ref: false });
  await rollOut(context, restore);
};

/** Restores system backups. Longhorn does so in the pod of a Job, which goes on after its end. */
export const startSystemRestoreController = (context: ManagerContext): void => {
  const enqueue = startController(
    { name: 'system-restore', reconcile: (name) => reconcile(context, name) },
    context,
  );
  context.datastore.systemRestores.onEvent(enqueue);
};
