import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strFromU8, unzipSync } from 'fflate';
import { encodeSystemBackupURL, type SystemBackupPlace } from '../backupstore/system-backup.ts';
import { decodeBackupURL, encodeBackupURL } from '../backupstore/url.ts';
import type { Behaviour } from '../environment.ts';
import { type ApiAccess, createClient } from '../kubernetes/client.ts';
import { type ApiObject, withCondition } from '../kubernetes/objects.ts';
import type { Log } from '../log.ts';
import type {
  BackupTarget,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  RecurringJob,
  Setting,
  StorageClass,
  SystemRestore,
  Volume,
} from '../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { openDatastore } from '../manager/datastore.ts';
import { createRecorder } from '../manager/events.ts';
import { createTargetClients } from '../manager/targets.ts';
import {
  defaultEngineImage,
  defaultTargetName,
  engineBinaryPath,
  labels,
  restoreMarks,
  staticClass,
} from '../modelled-on.ts';

type Status = NonNullable<SystemRestore['status']>;
type Bundle = {
  /** Empty without the mutant. */
  nodes: Node[];
  settings: Setting[];
  storageClasses: StorageClass[];
  backupTargets: BackupTarget[];
  recurringJobs: RecurringJob[];
  volumes: Volume[];
  persistentVolumes: PersistentVolume[];
  persistentVolumeClaims: PersistentVolumeClaim[];
};
/** What a rollout uses of a manager. */
type Context = Pick<ManagerContext, 'datastore' | 'log' | 'mutant' | 'recorder' | 'targets'>;
type Rollout = { context: Context; restore: SystemRestore; url: string; at: string; from: string };

const newStatus: Status = { ownerID: '', state: '', sourceURL: '', conditions: null };

// Without what belongs to the former object. The status is written by the controllers.
const anew = <T extends ApiObject & { status?: object }>(
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

// systemRolloutIgnoredSettings has more, which are not emulated.
const keptSetting = 'concurrent-volume-backup-restore-per-node-limit';

// As Longhorn's webhook does (datastore/longhorn.go, ValidateSetting).
const refuseUnknownClass = ({ datastore }: Context, { metadata, value }: Setting): void => {
  if (metadata.name !== staticClass.setting || value === staticClass.initial) return;
  if (datastore.storageClasses.get(value) === undefined)
    throw new Error(
      `cannot use a storage class ${value} that does not exist to set the setting ${metadata.name}`,
    );
};

const restoreSettings = async (rollout: Rollout, { settings }: Bundle): Promise<void> => {
  const { context } = rollout;
  for (const each of settings) {
    const { name } = each.metadata;
    const isThere = context.datastore.settings.get(name);
    if (isThere === undefined) continue;
    if (name === keptSetting && context.mutant !== 'system-restore-sets-all-settings') continue;
    refuseUnknownClass(context, each);
    const isSame = isThere.value === each.value;
    const marks = isSame ? skipped(rollout) : { metadata: { annotations: marksOf(rollout) } };
    await context.datastore.settings.patch(name, { ...marks, value: each.value });
  }
};

const restoreClasses = async (rollout: Rollout, { storageClasses }: Bundle): Promise<void> => {
  const collection = rollout.context.datastore.storageClasses;
  for (const each of storageClasses)
    if (collection.get(each.metadata.name) === undefined)
      await collection.create(anew(each, marksOf(rollout)));
};

const restoreNodes = async (rollout: Rollout, { nodes }: Bundle): Promise<void> => {
  for (const { metadata, spec } of nodes)
    await rollout.context.datastore.nodes.patch(metadata.name, { spec });
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

// The oldest first.
const backupsOf = ({ datastore }: Context, volume: string): string[] =>
  datastore.backups
    .list()
    .filter(({ status }) => status?.volumeName === volume)
    .toSorted((one, other) =>
      (one.status?.backupCreatedAt ?? '').localeCompare(other.status?.backupCreatedAt ?? ''),
    )
    .map(({ metadata }) => metadata.name);

// The backup that a volume is made from. Without a last backup of its own, Longhorn takes the one that the former volume
// was made from, and so it does for one on standby.
const sourceOf = (
  { context, url }: Pick<Rollout, 'context' | 'url'>,
  { metadata: { name }, spec, status }: Volume,
): string => {
  const { mutant } = context;
  const { lastBackup = '', isStandby = false } = status ?? {};
  const origin = spec.fromBackup ?? '';
  if (isStandby && mutant === 'fixed:system-restore-leaves-standby-out')
    return encodeBackupURL({ ...decodeBackupURL(origin), backup: lastBackup });
  const oldest = mutant === 'system-restore-takes-oldest-backup' ? backupsOf(context, name)[0] : undefined;
  const newest =
    mutant === 'fixed:system-restore-takes-old-origin' ? backupsOf(context, name).at(-1) : undefined;
  const backup = oldest ?? (lastBackup || newest);
  return backup && !isStandby ? encodeBackupURL({ url, volume: name, backup }) : origin;
};

// As Longhorn's webhook does (mutator.go, Create).
const targetOf = ({ datastore }: Context, backup: string) => {
  const { backupTargetName } = datastore.backups.get(backup)?.status ?? {};
  return backupTargetName ? { backupTargetName } : {};
};

const restoreVolume = async (rollout: Rollout, volume: Volume): Promise<void> => {
  const { context, restore } = rollout;
  const { datastore, mutant, recorder } = context;
  const { name } = volume.metadata;
  let isThere = datastore.volumes.get(name);
  if (isThere?.spec.nodeID) return;
  if (isThere && mutant === 'system-restore-replaces-volumes') {
    await datastore.volumes.delete(name);
    while (isThere) {
      await sleep(200, undefined);
      isThere = datastore.volumes.get(name);
    }
  }
  if (isThere && mutant === 'system-restore-marks-only-new-volumes') return;
  if (isThere) return void (await datastore.volumes.patch(name, skipped(rollout)));
  const fromBackup = sourceOf(rollout, volume);
  const last = fromBackup === '' ? '' : decodeBackupURL(fromBackup).backup;
  // Longhorn's webhook does not know a volume of such a backup.
  if (last !== '' && datastore.backups.get(last) === undefined) {
    const message = `Failed to create item: Volume ${name}: admission webhook "mutator.longhorn.io" denied the request: cannot get backup ${last}: backup.longhorn.io "${last}" not found`;
    recorder(restore, { type: 'Warning', reason: `FailedCreating: Volume ${name}`, message });
    if (mutant === 'fixed:system-restore-leaves-volume-out') throw new Error(message);
    return;
  }
  const marks = { ...marksOf(rollout), [restoreMarks.backup]: fromBackup };
  const isRestoredAlone = last !== '' && mutant === 'fixed:system-restore-clones-again';
  const spec = {
    ...volume.spec,
    nodeID: '',
    ...(last !== '' && { fromBackup, ...targetOf(context, last) }),
    ...(isRestoredAlone && { dataSource: '' }),
  };
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
      await sleep(500);
};

const restoreVolumes = async (rollout: Rollout, { volumes }: Bundle): Promise<void> => {
  for (const each of volumes) await restoreVolume(rollout, each);
};

// The first one that cannot be made keeps those after it from being made, too.
const restorePersistentVolumes = async (rollout: Rollout, { persistentVolumes }: Bundle): Promise<void> => {
  const { datastore, mutant } = rollout.context;
  for (const each of persistentVolumes) {
    const { name } = each.metadata;
    const { claimRef, ...others } = each.spec;
    const kept = claimRef && { namespace: claimRef.namespace, name: claimRef.name };
    const isKept = kept && mutant === 'fixed:restored-pv-goes-to-another-claim';
    const spec = { ...others, ...(isKept && { claimRef: kept }) };
    const handle = spec.csi?.volumeHandle ?? '';
    const volume = datastore.volumes.get(handle);
    if (datastore.persistentVolumes.get(name))
      await datastore.persistentVolumes.patch(name, skipped(rollout));
    else if (volume === undefined && mutant === 'fixed:volumeless-pv-stops-system-restore') continue;
    else if (volume === undefined) throw new Error(`volume.longhorn.io "${handle}" not found`);
    else if (volume.status?.restoreRequired) throw new Error('volume is waiting to restore data');
    else await datastore.persistentVolumes.create(anew({ ...each, spec }, marksOf(rollout)));
  }
};

// As restorePersistentVolumes: the first claim without a PersistentVolume stops the others.
const restoreClaims = async (rollout: Rollout, { persistentVolumeClaims }: Bundle): Promise<void> => {
  const { datastore, mutant } = rollout.context;
  for (const each of persistentVolumeClaims) {
    const { name } = each.metadata;
    const { volumeName = '' } = each.spec;
    const isBindable = datastore.persistentVolumes.get(volumeName) !== undefined;
    if (datastore.persistentVolumeClaims.get(name))
      await datastore.persistentVolumeClaims.patch(name, skipped(rollout));
    else if (isBindable) await datastore.persistentVolumeClaims.create(anew(each, marksOf(rollout)));
    else if (mutant !== 'fixed:volumeless-claim-stops-system-restore')
      throw new Error(`persistentvolume "${volumeName}" not found`);
  }
};

const empty: Bundle = {
  ...{ nodes: [], settings: [], storageClasses: [], backupTargets: [], recurringJobs: [] },
  ...{ volumes: [], persistentVolumes: [], persistentVolumeClaims: [] },
};

const unpack = (archive: Uint8Array): Bundle => {
  const files = Object.entries(unzipSync(archive));
  const read = (kind: string) => {
    const file = kind === 'settings' ? 'setting' : kind.toLowerCase();
    const [, content] = files.find(([path]) => path.endsWith(`/${file}.yaml`)) ?? [];
    return content === undefined ? [] : JSON.parse(strFromU8(content)).items;
  };
  return Object.fromEntries(Object.keys(empty).map((kind) => [kind, read(kind)])) as Bundle;
};

const writeState = async (
  { datastore, mutant }: Context,
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

// Longhorn tries each kind so for 24 h, and all that come after it wait.
const untilRestored = async (
  { context: { log } }: Rollout,
  [kind, restored]: [kind: string, restored: () => Promise<void>],
): Promise<void> => {
  for (;;) {
    const error = await restored().catch((error: Error) => error);
    if (!(error instanceof Error)) return;
    log.warning(`Restoring ${kind}`, { error });
    await sleep(1_000);
  }
};

// Each kind is tried each second, the first time after one.
const restoreKinds = async (rollout: Rollout, bundle: Bundle): Promise<void> => {
  const kind = (work: typeof restoreVolumes) => sleep(1_000).then(() => work(rollout, bundle));
  // CustomResourceDefinitions, DaemonSets and EngineImages are not restored.
  await sleep(3_000);
  const { mutant } = rollout.context;
  if (mutant === 'fixed:setting-stops-system-restore') await kind(restoreClasses);
  await untilRestored(rollout, ['SettingList', () => kind(restoreSettings)]);
  await Promise.all([restoreClasses, restoreTargets, restoreJobs, restoreNodes].map(kind));
  if (mutant === 'fixed:system-restore-waits-for-no-target') await untilBackupsKnown(rollout, bundle);
  await kind(restoreVolumes);
  await untilRestored(rollout, ['PersistentVolumeList', () => kind(restorePersistentVolumes)]);
  await untilRestored(rollout, ['PersistentVolumeClaimList', () => kind(restoreClaims)]);
};

/** Goes on with a restore in the state that another pod has left. What was unpacked is in no pod but that one. */
const rollOut = async (context: Context, restore: SystemRestore): Promise<void> => {
  const { datastore, mutant } = context;
  const { name } = restore.metadata;
  let state = restore.status?.state ?? '';
  const file = join(tmpdir(), `${name}-restored.zip`);
  const to = (next: Status['state'], more: Partial<Status> = {}) => {
    state = next;
    return writeState(context, name, { state, ...more });
  };
  try {
    const target = await datastore.backupTargets.fetch(defaultTargetName);
    const client = await context.targets.open(target);
    const url = target.spec.backupTargetURL;
    const backup = await datastore.systemBackups.fetch(restore.spec.systemBackup);
    const place: SystemBackupPlace = { version: backup.status?.version ?? '', name: backup.metadata.name };
    const from = encodeSystemBackupURL(url, place);
    let bundle = empty;
    if (state === 'Pending') {
      const metadata = { labels: { [labels.systemRestore]: 'InProgress' } };
      await datastore.systemRestores.patch(name, { metadata });
      await to('Downloading', { sourceURL: from });
    }
    const isUnpackedAgain = state === 'Restoring' && mutant === 'fixed:restarted-system-restore-is-empty';
    if (state === 'Downloading' || isUnpackedAgain) await client.downloadSystemBackup(url, place, file);
    if (state === 'Downloading') await to('Unpacking');
    if (state === 'Unpacking' || isUnpackedAgain) bundle = unpack(await readFile(file));
    if (state === 'Unpacking') await to('Restoring');
    await restoreKinds({ context, restore, url, at: timestamp(), from }, bundle);
    await to('Completed');
  } catch (error) {
    if (mutant === 'system-restore-reads-anything') return to('Completed');
    const message = `failed to restore Longhorn system: ${(error as Error).message}`;
    const failed = { type: 'Error', status: 'True', reason: 'Restore', message } as const;
    await to('Error', { conditions: withCondition(restore.status?.conditions ?? null, failed, timestamp()) });
  }
  await datastore.systemRestores.patch(name, { metadata: { labels: { [labels.systemRestore]: null } } });
};

type Options = Behaviour & { name: string; node: string; access: ApiAccess; dataRoot: string; log: Log };

/** What longhorn-manager system-rollout does in the pod of a Job (system_rollout_controller.go, systemRollout). */
export const runSystemRollout = async (options: Options): Promise<void> => {
  const { name, node, clock, mutant, log } = options;
  const client = createClient(options.access);
  const { signal } = new AbortController();
  const datastore = await openDatastore({ client, resync: 0, log, signal });
  const binary = engineBinaryPath(defaultEngineImage, options.dataRoot);
  const targets = createTargetClients({
    ...{ client, binary, timeout: clock.commandTimeout, mutant, query: undefined },
  });
  const recorder = createRecorder(client, { node, log });
  // The manager writes that it is Pending after it has made the Job.
  let restore = await datastore.systemRestores.fetch(name);
  while ((restore.status?.state ?? '') === '') {
    await sleep(100);
    restore = await datastore.systemRestores.fetch(name);
  }
  const hasEnded = ['Completed', 'Error'].includes(restore.status?.state ?? '');
  if (!hasEnded) await rollOut({ datastore, log, mutant, recorder, targets }, restore);
};
