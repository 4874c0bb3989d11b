import { printLines } from '../../kube/print-lines.ts';
import type { BackupConfig, VolumeConfig } from '../../store/format/config.ts';
import { type ListedConfig, listStore } from '../../store/fsck/list-store.ts';
import { CommandError, type ExitCode, exitCode, usageError } from '../exit-code.ts';
import { printable } from '../printable.ts';
import { openNamedStore } from './open.ts';
import { bytes, printJson, type StoreFlags } from './text.ts';

type Found =
  | { kind: 'volume'; name: string; listed: ListedConfig<VolumeConfig>; backups: string[] }
  | { kind: 'backup'; name: string; listed: ListedConfig<BackupConfig> };

/** `show STORE NAME`: prints the config of a volume or a backup. */
export const show = async (store: string, name: string, { output }: StoreFlags): Promise<ExitCode> => {
  const found = await find(store, name);
  const [only, ...more] = found;
  if (only === undefined)
    throw usageError(`${store} has no volume and no backup named ${name}: see npx corral store ls ${store}`);
  if (more.length > 0)
    throw usageError(
      `${name} is the name of ${found.map(({ kind, name: each }) => `${kind} ${each}`).join(' and of ')}: name it so`,
    );
  const { config, problem, path } = only.listed;
  if (config === undefined) throw new CommandError(`${problem} (${path})`, exitCode.notFit);
  if (output === 'json') printJson({ kind: only.kind, path, ...config });
  else
    printLines(
      `Path: ${printable(path)}`,
      ...(only.kind === 'volume'
        ? ofVolume(only.listed.config as VolumeConfig, only.backups)
        : ofBackup(config as BackupConfig)),
    );
  return exitCode.passed;
};

const find = async (store: string, name: string): Promise<Found[]> => {
  const found: Found[] = [];
  for await (const { backups, ...volume } of listStore(await openNamedStore(store))) {
    if (volume.name === name)
      found.push({
        kind: 'volume',
        name: volume.name,
        listed: volume,
        backups: backups.map((backup) => backup.name),
      });
    for (const backup of backups) {
      const whole = `${volume.name}/${backup.name}`;
      if (backup.name === name || whole === name)
        found.push({ kind: 'backup', name: whole, listed: await backup.read() });
    }
  }
  return found;
};

const size = (number: number): string => `${number} (${bytes(number)})`;

const field = (name: string, value: string | number): string => `${name}: ${printable(String(value)) || '-'}`;

const map = (name: string, values: Record<string, string>): string[] =>
  [
    field(name, Object.keys(values).length === 0 ? 'none' : ''),
    ...Object.entries(values).map(([key, value]) => `  ${field(key, value)}`),
  ].map((line) => line.replace(/: -$/, ':'));

const ofVolume = (volume: VolumeConfig, backups: string[]): string[] => [
  field('Volume', volume.Name),
  field('Size', size(volume.Size)),
  field('Created', volume.CreatedTime),
  field('Backups', backups.join(', ') || 'none'),
  field('Last backup', volume.LastBackupName),
  field('Last backup at', volume.LastBackupAt),
  field('Blocks', volume.BlockCount),
  field('Compression', volume.CompressionMethod),
  field('Backing image', volume.BackingImageName),
  field('Storage class', volume.StorageClassName),
  field('Data engine', volume.DataEngine),
  ...map('Labels', volume.Labels),
];

const ofBackup = (backup: BackupConfig): string[] => [
  field('Backup', backup.name),
  field('Volume', backup.volume),
  field('State', backup.inProgress ? 'InProgress' : 'Completed'),
  field('Created', backup.created),
  field('Snapshot', backup.snapshot),
  field('Snapshot created', backup.snapshotCreated),
  field('Mode', backup.incremental ? 'incremental' : 'full'),
  field('Size', size(backup.size)),
  field(
    'Blocks',
    `${backup.blocks.length} of ${bytes(backup.blockSize)}, ${new Set(backup.blocks.map(({ checksum }) => checksum)).size} different`,
  ),
  field('Compression', backup.compression),
  field('Newly uploaded', size(backup.uploaded.new)),
  field('Uploaded again', size(backup.uploaded.again)),
  ...map('Parameters', backup.parameters),
  ...map('Labels', backup.labels),
];
