import { setTimeout as sleep } from 'node:timers/promises';
import { unlessTimedOut, waitUntil } from '../../../history/expectation.ts';
import { parseDuration } from '../../../kube/duration.ts';
import { readMetrics } from '../../../longhorn/metrics.ts';
import type { BackupVolume } from '../../../longhorn/types.ts';
import type { CompressionMethod } from '../../../store/format/decompress.ts';
import { knownBackupVolume, lastBackupVolumeSync, syncBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken, throwIfAny } from '../judging.ts';
import { inMebibytes } from '../sizes.ts';
import { step } from '../step.ts';
import { untilReadInStore } from '../volume/restored.ts';
import { describeVolume } from '../volume/volume.ts';
import {
  countsSmallBlocks,
  describeBackupRequest,
  isFilledIn,
  isLastOf,
  lastOfBackupVolume,
  lastOfVolume,
  type Metered,
  meteredBackup,
  type SentBlocks,
  type StoredVolume,
  sentBlocks,
  wrongBlockSize,
  wrongInURL,
  wrongLabels,
  wrongMetrics,
  wrongOfVolume,
} from './details.ts';

const currentOf = ({ timelines }: Context, { name, label }: BackupHandle) => {
  const backup = timelines.backups.current(name);
  if (backup === undefined) throw new Error(`Longhorn knows nothing of ${label} (${name})`);
  return backup;
};

// Managers answer from their caches, which may be behind. Nothing reports when they are not.
const untilMetered = async (
  { cluster, timeouts, scenarioSignal: signal }: Context,
  metered: () => Metered,
): Promise<void> => {
  const { within, owner } = timeouts.metered;
  const end = performance.now() + parseDuration(within);
  for (;;) {
    const wrong = await readMetrics(cluster).then(
      (metrics) => wrongMetrics(metrics, metered()),
      // A manager that has just started does not listen yet.
      (error: Error) => [error.message],
    );
    if (wrong.length === 0) return;
    if (performance.now() > end)
      throw new Error(`after ${within} (${owner}) the metrics are wrong: ${wrong.join('; ')}`);
    await sleep(1000, undefined, { signal });
  }
};

/** The steps that judge the details of a completed backup, and of its backup volume. */
export const detailSteps = {
  'then.metered': step({
    sentence: 'Then the metrics report {backup} once, with its state and its size',
    action: (context: Context, backup: BackupHandle) =>
      untilMetered(context, () => meteredBackup(currentOf(context, backup), backup.volume.name)),
  }),
  /** Longhorn v1.11 or newer. */
  'then.lastBackupMetered': step({
    sentence: 'Then the metrics report the time of {backup} as that of the last backup of its volume',
    action: (context: Context, backup: BackupHandle) =>
      untilMetered(context, () => {
        const at = Date.parse(currentOf(context, backup).status?.snapshotCreatedAt ?? '') / 1000;
        return { labels: { volume: backup.volume.name }, values: { longhorn_volume_last_backup_at: at } };
      }),
  }),
  'then.filledIn': step({
    sentence: 'Then {backup} has the fields that were left out: the target of its volume, and its mode',
    action: ({ timelines, timeouts }: Context, { name, label, volume }: BackupHandle) =>
      waitUntil(timelines.backups, (backup) => isFilledIn(backup, volume.target), {
        name,
        label: `${label} names its target and its mode`,
        describe: describeBackupRequest,
        ...timeouts.filledIn,
      }),
    detail: (backup) => describeBackupRequest(backup),
  }),
  /** In Longhorn's status and in the store. */
  'then.labelled': step({
    sentence: 'Then {backup} has its labels, for Longhorn and in the store, and none of a workload',
    action: async (context: Context, backup: BackupHandle, labels: Record<string, string>) => {
      const { name, label, volume } = backup;
      const { status } = currentOf(context, backup);
      const config = await volume.target.store.config(volume.name, name);
      throwIfAny(wrongLabels(labels, { status, config }), `the labels of ${label} are not as asked for`);
    },
  }),
  'then.urlNames': step({
    sentence: 'Then the URL of {backup} names its store, its volume and itself',
    action: async (context: Context, backup: BackupHandle) => {
      const { name, label, volume } = backup;
      const url = currentOf(context, backup).status?.url;
      const { store } = volume.target;
      throwIfAny(
        wrongInURL(url, { store: store.url, volume: volume.name, backup: name }),
        `the URL of ${label} is ${url || 'empty'}`,
      );
      return url;
    },
    detail: (url) => url,
  }),
  /** Reads the compression method from the backup's config in the store. */
  'then.compressedBy': step({
    sentence: 'Then {backup} is compressed by {method}',
    action: async (_: Context, { name, label, volume }: BackupHandle, method: CompressionMethod) => {
      const config = await volume.target.store.config(volume.name, name);
      if (config?.compression !== method)
        throw new Error(`${label} is compressed by ${config?.compression ?? 'nothing: it has no config'}`);
    },
  }),
  /** Counts whole blocks of random data, by Longhorn's status. `of` is the block size in bytes. */
  'then.sent': step({
    sentence: 'Then {backup} sent {new} new blocks, and {again} blocks again',
    parameters: (backup, { new: fresh, again }) => ({ backup, new: fresh, again }),
    action: async (
      context: Context,
      backup: BackupHandle,
      { of, ...expected }: SentBlocks & { of?: number },
    ) => {
      const found = sentBlocks(currentOf(context, backup).status ?? {}, of);
      if (found.new !== expected.new || found.again !== expected.again)
        throw new Error(
          `${backup.label} says that it sent ${found.new} new blocks and ${found.again} again, not ${expected.new} and ${expected.again}`,
        );
    },
  }),
  /** In Longhorn's status and in the backup's config. `size` is in bytes. */
  'then.blocksAreOf': step({
    sentence: 'Then the blocks of {backup} are of {size}',
    parameters: (backup, size) => ({ backup, size: inMebibytes(size) }),
    action: async (context: Context, backup: BackupHandle, size: number) => {
      const { name, label, volume } = backup;
      const reported = currentOf(context, backup).spec.backupBlockSize;
      const config = await volume.target.store.config(volume.name, name);
      throwIfAny(
        wrongBlockSize(size, { reported, config }),
        `the blocks of ${label} are not of ${size} bytes`,
      );
    },
  }),
  /** Waits until Longhorn has read the backup in the store: before, it shows the time of the snapshot itself. */
  'then.hasTimeOfSnapshot': step({
    sentence: 'Then the time that {backup} reports for its snapshot is that of the snapshot',
    action: async (context: Context, backup: BackupHandle) => {
      const { name, label, snapshot } = backup;
      const { status } = await untilReadInStore(context, backup);
      const reported = status?.snapshotCreatedAt ?? '';
      const made = context.timelines.snapshots.current(snapshot.name)?.status?.creationTime ?? '';
      if (Date.parse(reported) === Date.parse(made)) return made;
      const wrong = `${label} reports ${reported || 'no time'} for its snapshot, which is of ${made || 'no time'}`;
      if (!(Date.parse(reported) > Date.parse(made))) throw new Error(wrong);
      throw new PromiseBroken(wrong, { kind: 'Backup', name, state: 'with a later time' });
    },
    detail: (time) => time,
  }),
  /** Both the volume and the backup volume must report the backup as the last one. */
  'then.lastBackup': step({
    sentence: 'Then the last backup of the volume is {backup}',
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, timeouts } = context;
      const { name, label, volume } = backup;
      const { snapshotCreatedAt = '' } = currentOf(context, backup).status ?? {};
      const newest = { name, snapshotCreatedAt };
      const isOfVolume = isBackupOf(volume);
      await waitUntil(
        timelines.backupVolumes,
        (known) => isOfVolume(known) && isLastOf(newest, lastOfBackupVolume(known)),
        {
          label: `the store's last backup of volume ${volume.name} is ${label}`,
          ...timeouts.lastBackupReported,
        },
      );
      await waitUntil(timelines.volumes, (found) => isLastOf(newest, lastOfVolume(found)), {
        name: volume.name,
        label: `the last backup of volume ${volume.name} is ${label}`,
        describe: (found) => `${describeVolume(found)}, last backup ${found.status?.lastBackup || 'none'}`,
        ...timeouts.lastBackupReported,
      });
    },
  }),
  /** Lasts as long as Longhorn may take to act on what it finds in the store. */
  'then.staysLastBackup': step({
    sentence: 'Then the last backup of the volume stays {backup}',
    waitsForTimer: true,
    action: async (context: Context, { name, label, volume }: BackupHandle) => {
      const { timelines, timeouts } = context;
      const isOf = isBackupOf(volume);
      const before = lastBackupVolumeSync(context, volume);
      await syncBackupVolume(context, volume);
      const namesAnother = (known: BackupVolume): boolean =>
        isOf(known) && known.status?.lastBackupName !== name;
      const another = await unlessTimedOut(
        waitUntil(timelines.backupVolumes, namesAnother, {
          label: `the last backup of volume ${volume.name} is not ${label} any more`,
          ...timeouts.syncActedOn,
        }),
      );
      if (another === undefined && lastBackupVolumeSync(context, volume) === before)
        throw new InconclusiveError(
          `nothing shows that Longhorn has looked at volume ${volume.name} in the store`,
        );
      if (another === undefined) return;
      throw new PromiseBroken(
        `the last backup of volume ${volume.name} is ${another.status?.lastBackupName || 'none'} now, not ${label} (${name}) any more`,
        { kind: 'BackupVolume', name: another.metadata.name, state: 'with another last backup' },
      );
    },
  }),
  'then.backupVolumeReports': step({
    sentence: 'Then the backup volume has the size of the volume, its labels, and the {blocks} blocks stored',
    parameters: (_, { blocks }) => ({ blocks }),
    action: async (context: Context, volume: VolumeHandle, expected: Omit<StoredVolume, 'size'>) => {
      const known = knownBackupVolume(context, volume);
      const { name } = known.metadata;
      const stored = { size: volume.size, ...expected };
      throwIfAny(
        wrongOfVolume(known, stored),
        `backup volume ${name} is not as the store has it`,
        countsSmallBlocks(known, stored)
          ? { kind: 'BackupVolume', name, state: 'with too little data' }
          : undefined,
      );
    },
  }),
};
