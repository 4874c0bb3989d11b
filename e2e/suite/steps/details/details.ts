import type { Metric } from '../../../longhorn/metrics.ts';
import type { Backup, BackupStatus, BackupVolume, Volume } from '../../../longhorn/types.ts';
import type { BackupConfig } from '../../../store/format/config.ts';
import { blockSize } from '../../../store/format/pack-block.ts';

/** The number of whole blocks that a backup sent for the first time, and again. */
export type SentBlocks = { new: number; again: number };

// Blocks are compressed before they are sent. Random data gets slightly larger by that, so the quotient is rounded.
const blocksIn = (bytes: string | undefined, size: number): number => Math.round(Number(bytes || 0) / size);

/** Returns the numbers of blocks of random data that a backup reports as sent. `size` is the block size in bytes. */
export const sentBlocks = (
  { newlyUploadDataSize, reUploadedDataSize }: BackupStatus,
  size = blockSize,
): SentBlocks => ({
  new: blocksIn(newlyUploadDataSize, size),
  again: blocksIn(reUploadedDataSize, size),
});

/**
 * Returns what is wrong with the block size of a backup, in Longhorn's status and in its config. fsck checks the size
 * of each block.
 */
export const wrongBlockSize = (
  size: number,
  { reported, config }: { reported: string | undefined; config: BackupConfig | undefined },
): string[] => {
  if (config === undefined) return ['the store has no config of it'];
  return [
    ...(reported === String(size) ? [] : [`Longhorn says ${reported || 'nothing'}`]),
    ...(config.blockSize === size ? [] : [`its config says ${config.blockSize}`]),
    ...(config.size === config.blocks.length * size
      ? []
      : [`its config has ${config.blocks.length} blocks, and ${config.size} bytes`]),
  ];
};

// Longhorn writes the volume's workload into this label, if there is one.
const workloadLabel = 'KubernetesStatus';

/** Returns what is wrong with the labels of a backup that was made with `requested`. Its volume has no workload. */
export const wrongLabels = (
  requested: Record<string, string>,
  { status, config }: { status: BackupStatus | undefined; config: Pick<BackupConfig, 'labels'> | undefined },
): string[] =>
  [
    { where: 'Longhorn', labels: status?.labels ?? {} },
    { where: "the backup's config", labels: config?.labels ?? {} },
  ].flatMap(({ where, labels }) => [
    ...Object.entries(requested)
      .filter(([key, value]) => labels[key] !== value)
      .map(([key, value]) => `${where} has ${key}: ${labels[key] ?? 'no such label'}, not ${value}`),
    ...(workloadLabel in labels ? [`${where} has a label ${workloadLabel}, and there is no workload`] : []),
  ]);

type Wish = Pick<Backup, 'metadata' | 'spec'>;

/** Whether Longhorn has filled in the fields that a Backup object left out. */
export const isFilledIn = ({ metadata, spec }: Wish, { name: target }: { name: string }): boolean =>
  metadata.labels?.['backup-target'] === target && spec.backupMode === 'incremental';

/** Describes the fields of a Backup object in one line. */
export const describeBackupRequest = ({ metadata, spec }: Wish): string =>
  `target ${metadata.labels?.['backup-target'] || 'none'}, mode ${spec.backupMode || 'none'}`;

/** Returns what is wrong with the URL of a backup in a store. */
export const wrongInURL = (
  url: string | undefined,
  { store, volume, backup }: { store: string; volume: string; backup: string },
): string[] => {
  const [before = '', query = ''] = (url ?? '').split('?');
  const named = new URLSearchParams(query);
  const isOf = (wanted: string, found: string | null): string[] =>
    found === wanted ? [] : [`it names ${found || 'nothing'}, not ${wanted}`];
  return [...isOf(store, before), ...isOf(volume, named.get('volume')), ...isOf(backup, named.get('backup'))];
};

type Newest = { name: string; snapshotCreatedAt: string };

/** Whether a volume, or a backup volume, reports this backup as the last one. */
export const isLastOf = (
  { name, snapshotCreatedAt }: Newest,
  last: { name: string | undefined; at: string | undefined },
): boolean => last.name === name && Date.parse(last.at ?? '') === Date.parse(snapshotCreatedAt);

/** Returns what a volume reports as its last backup. */
export const lastOfVolume = ({ status }: Volume) => ({ name: status?.lastBackup, at: status?.lastBackupAt });

/** Returns what a backup volume reports as its last backup. */
export const lastOfBackupVolume = ({ status }: BackupVolume) => ({
  name: status?.lastBackupName,
  at: status?.lastBackupAt,
});

/** What a backup volume must report. `of` is the block size in bytes. */
export type StoredVolume = { size: number; blocks: number; of?: number; labels?: Record<string, string> };

/** Returns what is wrong with a backup volume, for a store with this number of its blocks. */
export const wrongOfVolume = (
  { status }: BackupVolume,
  { size, blocks, of = blockSize, labels = {} }: StoredVolume,
): string[] => {
  const differs = (what: string, found: string | undefined, wanted: string): string[] =>
    found === wanted ? [] : [`its ${what} is ${found ?? 'not there'}, not ${wanted}`];
  return [
    ...differs('size', status?.size, String(size)),
    ...differs('dataStored', status?.dataStored, String(blocks * of)),
    ...Object.entries(labels).flatMap(([key, value]) =>
      differs(`label ${key}`, status?.labels?.[key], value),
    ),
  ];
};

/** Whether nothing is wrong with a backup volume but that its large blocks were counted as if they had 2 MiB. */
export const countsSmallBlocks = (
  known: BackupVolume,
  { of = blockSize, ...stored }: StoredVolume,
): boolean => of !== blockSize && wrongOfVolume(known, stored).length === 0;

// The numbers of `longhorn_backup_state` (page monitoring/metrics). Longhorn has none for Deleting, and reports 0.
const stateNumbers: Record<string, number> = { '': 0, Pending: 1, InProgress: 2, Completed: 3, Error: 4 };

/** What the metrics must report of an object: its labels, and the value of each metric, which one manager may report. */
export type Metered = { labels: Record<string, string>; values: Record<string, number> };

/** What is wrong with the metrics, a line for each. */
export const wrongMetrics = (metrics: readonly Metric[], { labels, values }: Metered): string[] =>
  Object.entries(values).flatMap(([name, value]) => {
    const found = metrics.filter(
      (metric) =>
        metric.name === name &&
        Object.entries(labels).every(([label, text]) => metric.labels[label] === text),
    );
    if (found.length === 1 && found[0]?.value === value) return [];
    return `${name} is ${found.map((metric) => metric.value).join(', ') || 'not there'}, not ${value}`;
  });

/** What the metrics must report of a backup. */
export const meteredBackup = (
  { metadata, status }: Pick<Backup, 'metadata' | 'status'>,
  volume: string,
): Metered => ({
  labels: { backup: metadata.name, volume },
  values: {
    longhorn_backup_state: stateNumbers[status?.state ?? ''] ?? Number.NaN,
    longhorn_backup_actual_size_bytes: Number(status?.size || 0),
  },
});
