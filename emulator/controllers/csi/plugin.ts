import { setTimeout as sleep } from 'node:timers/promises';
import { ignoreMissing } from '../../kubernetes/client.ts';
import { generateName } from '../../longhorn/generate-name.ts';
import type { Backup, Snapshot, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { labels as labelNames } from '../../modelled-on.ts';
import { makeBackupOf } from '../backup/create.ts';
import { createSnapshot } from '../snapshot/create.ts';
import { labelOfWorkload } from '../volume/kubernetes-status.ts';

/** An error of Longhorn's CSI plugin. Unlike others, one with the code Aborted says that the work may go on. */
export class CsiError extends Error {
  readonly isFinal: boolean;
  constructor(code: 'Aborted' | 'Internal' | 'InvalidArgument' | 'NotFound', text: string) {
    super(`rpc error: code = ${code} desc = ${text}`);
    this.isFinal = code !== 'Aborted';
  }
}

/** What the plugin answers about a snapshot of CSI. `createdAt`: empty if it is not known yet. */
export type CsiSnapshot = { handle: string; isReady: boolean; createdAt: string; size: number };

type Request = { volume: string; name: string; parameters: Record<string, string> };

// M: csi/controller_server.go, tickSnapshotCreation and the time-outs beside it.
const tick = 2_000;
const ticksForSnapshot = 45;
const ticksForBackup = 15;

/** Asks until there is an answer, at most so many times. */
const ask = async <T>(
  { signal }: ManagerContext,
  times: number,
  question: () => T | undefined,
): Promise<T | undefined> => {
  for (let asked = 0; asked < times && !signal.aborted; asked += 1) {
    const answer = question();
    if (answer !== undefined) return answer;
    await sleep(tick, undefined, { ref: false });
  }
  return question();
};

const madeAt = ({ metadata }: Backup): number => Date.parse(metadata.creationTimestamp ?? '');

/** The first backup of the snapshot that a request names, at the present target of its volume alone (known bug). */
const findBackup = ({ datastore, mutant }: ManagerContext, { volume, name }: Request): Backup | undefined => {
  const isFixed = mutant === 'fixed:retargeted-volumesnapshot-is-ready-early';
  const target = isFixed ? undefined : datastore.volumes.get(volume)?.spec.backupTargetName;
  return datastore.backups
    .list()
    .toSorted((a, b) => madeAt(a) - madeAt(b))
    .find(
      ({ metadata, spec, status }) =>
        metadata.labels?.[labelNames.backupVolume] === volume &&
        (spec.snapshotName || status?.snapshotName) === name &&
        (target === undefined || metadata.labels[labelNames.backupTarget] === target),
    );
};

const readySnapshot = async (
  context: ManagerContext,
  volume: Volume,
  { name, parameters }: Request,
): Promise<Snapshot> => {
  const { snapshots } = context.datastore;
  const isThere = snapshots.get(name) !== undefined;
  if (isThere && context.mutant === 'csi-left-snapshot-refused')
    throw new CsiError('Internal', `snapshot ${name} already exists`);
  if (!isThere)
    await createSnapshot(context.datastore, volume, { name, createSnapshot: true, labels: parameters });
  const found = await ask(context, ticksForSnapshot, () => {
    const snapshot = snapshots.get(name);
    return snapshot?.status?.readyToUse ? snapshot : undefined;
  });
  if (found !== undefined) return found;
  const text = `waitForSnapshotToBeReady: timeout while waiting for snapshot ${name} to be ready`;
  throw new CsiError('Internal', text);
};

const answerFor = ({ mutant }: ManagerContext, volume: string, backup: Backup): CsiSnapshot => {
  const { status, metadata, spec } = backup;
  const id = mutant === 'csi-handle-names-snapshot' ? spec.snapshotName : metadata.name;
  return {
    handle: `bak://${volume}/${id}`,
    isReady: status?.state === 'Completed' || mutant === 'csi-ready-before-completed',
    createdAt: status?.snapshotCreatedAt ?? '',
    size: Number(status?.volumeSize) || 0,
  };
};

const isAvailable = ({ datastore }: ManagerContext, name: string): boolean => {
  const { spec, status } = datastore.backupTargets.get(name) ?? {};
  return Boolean(spec?.backupTargetURL && status?.available);
};

// For the mutant csi-restart-makes-another: the snapshots that this process was asked for.
const asked = new Set<string>();

const makeBackup = async (context: ManagerContext, request: Request): Promise<CsiSnapshot> => {
  const { datastore, mutant } = context;
  const { volume, name, parameters } = request;
  const made = findBackup(context, request);
  if (made?.status?.error) throw new CsiError('Internal', made.status.error);
  if (mutant === 'csi-restart-makes-another' && made?.status?.state === 'InProgress' && !asked.has(name)) {
    asked.add(name);
    const source = datastore.volumes.get(volume);
    if (source)
      await makeBackupOf(datastore, source, { name: generateName('backup'), snapshotName: name, labels: {} });
  }
  asked.add(name);
  const isDone = mutant !== 'csi-left-backup-ignored' || datastore.snapshots.get(name) !== undefined;
  if (made !== undefined && isDone) return answerFor(context, volume, made);
  const source = datastore.volumes.get(volume);
  if (source === undefined) throw new CsiError('NotFound', `volume ${volume} not found`);
  const target = source.spec.backupTargetName;
  if (!isAvailable(context, target)) {
    const code = mutant === 'fixed:unmade-volumesnapshot-stays' ? 'Internal' : 'Aborted';
    throw new CsiError(code, `backup target ${target} is not available`);
  }
  const { status } = await readySnapshot(context, source, request);
  const backupMode = (mutant !== 'csi-mode-ignored' && parameters.backupMode) || 'incremental';
  const labels = { ...parameters, ...labelOfWorkload(context, source) };
  await makeBackupOf(datastore, source, {
    ...{ name: generateName('backup'), snapshotName: name, labels, backupMode },
  }).catch((error: Error) => {
    throw new CsiError('Internal', error.message);
  });
  const backup = await ask(context, ticksForBackup, () => {
    const found = findBackup(context, request);
    return found?.status?.snapshotCreatedAt ? found : undefined;
  });
  const begun = backup ?? findBackup(context, request);
  if (begun === undefined) throw new CsiError('Internal', 'timeout waiting for Backup CR to be created');
  const { creationTime = '' } = status ?? {};
  return { ...answerFor(context, volume, begun), createdAt: creationTime, size: Number(source.spec.size) };
};

const makeSnapshot = async (context: ManagerContext, request: Request): Promise<CsiSnapshot> => {
  const source = context.datastore.volumes.get(request.volume);
  if (source === undefined) throw new CsiError('NotFound', `volume ${request.volume} not found`);
  if (source.status?.state === 'detached' && context.mutant === 'csi-detached-volume-refused')
    throw new CsiError('Internal', `volume ${request.volume} is detached`);
  const { status } = await readySnapshot(context, source, request);
  const handle = `snap://${request.volume}/${request.name}`;
  const { creationTime: createdAt = '', restoreSize: size = 0 } = status ?? {};
  return { handle, isReady: true, createdAt, size };
};

/** CreateSnapshot of Longhorn's CSI plugin (M: csi/controller_server.go). It is called until the answer is ready. */
export const createCsiSnapshot = async (context: ManagerContext, request: Request): Promise<CsiSnapshot> => {
  const { type = '' } = request.parameters;
  const isBackup = ['', 'bak', 'bs'].includes(type) || context.mutant === 'csi-type-ignored';
  if (isBackup && !(type === '' && context.mutant === 'csi-type-required'))
    return makeBackup(context, request);
  if (type === 'snap') return makeSnapshot(context, request);
  const text = `invalid CSI snapshot type: ${type}. Must be snap or bak or ""`;
  throw new CsiError('InvalidArgument', type === 'bi' ? 'not emulated: backing images' : text);
};

/**
 * DeleteSnapshot of Longhorn's CSI plugin. It finds no backup of a volume that has no BackupVolume, and does not look
 * whether the backup is one of the volume that the handle names.
 */
export const deleteCsiSnapshot = async (context: ManagerContext, handle: string): Promise<void> => {
  const { datastore, mutant } = context;
  const [, type, volume, id] = /^(\w+):\/\/([^/]+)\/([^/]+)$/.exec(handle) ?? [];
  if (volume === undefined || id === undefined) return;
  if (type === 'snap') {
    await datastore.snapshots.delete(id).catch(ignoreMissing);
    return;
  }
  const isListed = datastore.backupVolumes.list().some(({ spec }) => spec.volumeName === volume);
  if (!isListed && mutant !== 'fixed:first-backup-outlives-volumesnapshot') return;
  if (mutant === 'csi-deletion-keeps-backup') return;
  await datastore.backups.delete(id).catch(ignoreMissing);
};
