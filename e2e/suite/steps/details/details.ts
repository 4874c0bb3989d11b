import type { Backup, BackupStatus, BackupVolume, Volume } from '../../../longhorn/types.ts';
import type { BackupConfig } from '../../../store/format/config.ts';
import { blockSize } from '../../../store/format/pack-block.ts';

/** How many whole blocks a backup sent, for the first time and again. */
export type SentBlocks = { new: number; again: number };

// What is sent is compressed; of random data that is a little more than the data.
const blocksIn = (bytes: string | undefined, size: number): number => Math.round(Number(bytes || 0) / size);

/** The blocks of random data that a backup says it sent, each of so many bytes. */
export const sentBlocks = (
  { newlyUploadDataSize, reUploadedDataSize }: BackupStatus,
  size = blockSize,
): SentBlocks => ({
  new: blocksIn(newlyUploadDataSize, size),
  again: blocksIn(reUploadedDataSize, size),
});

/** What is wrong with the size of a backup's blocks, for Longhorn and in the store; that of each block fsck checks. */
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

// What Longhorn writes there of the workload of a volume that has one.
const workloadLabel = 'KubernetesStatus';

/** What is wrong with the labels of a backup that was asked for with these, of a volume without a workload. */
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

/** Whether a backup has what Longhorn fills in where a wish for one leaves it out. */
export const isFilledIn = ({ metadata, spec }: Wish, { name: target }: { name: string }): boolean =>
  metadata.labels?.['backup-target'] === target && spec.backupMode === 'incremental';

/** What is asked of a backup, in a line. */
export const describeWish = ({ metadata, spec }: Wish): string =>
  `target ${metadata.labels?.['backup-target'] || 'none'}, mode ${spec.backupMode || 'none'}`;

/** What is wrong with the URL of a backup in a store. */
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

/** Whether a volume, or what is known of it in a store, says that this backup is its last one. */
export const isLastOf = (
  { name, snapshotCreatedAt }: Newest,
  last: { name: string | undefined; at: string | undefined },
): boolean => last.name === name && Date.parse(last.at ?? '') === Date.parse(snapshotCreatedAt);

/** What a volume says of its last backup. */
export const lastOfVolume = ({ status }: Volume) => ({ name: status?.lastBackup, at: status?.lastBackupAt });

/** What is known in a store of the last backup of a volume. */
export const lastOfBackupVolume = ({ status }: BackupVolume) => ({
  name: status?.lastBackupName,
  at: status?.lastBackupAt,
});

/** What is wrong of what is known of a volume in a store, which has so many blocks of it. */
export const wrongOfVolume = (
  { status }: BackupVolume,
  { size, blocks, labels }: { size: number; blocks: number; labels: Record<string, string> },
): string[] => {
  const differs = (what: string, found: string | undefined, wanted: string): string[] =>
    found === wanted ? [] : [`its ${what} is ${found ?? 'not there'}, not ${wanted}`];
  return [
    ...differs('size', status?.size, String(size)),
    ...differs('dataStored', status?.dataStored, String(blocks * blockSize)),
    ...Object.entries(labels).flatMap(([key, value]) =>
      differs(`label ${key}`, status?.labels?.[key], value),
    ),
  ];
};
