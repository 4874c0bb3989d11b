import { printLines } from '../../kube/print-lines.ts';
import type { BackupConfig } from '../../store/format/config.ts';
import { type ListedConfig, listStore } from '../../store/fsck/list-store.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openNamedStore } from './open.ts';
import { bytes, printJson, type StoreFlags, textTable } from './text.ts';

const describe = (name: string, { config, problem }: ListedConfig<BackupConfig>) =>
  config === undefined
    ? { name, state: 'Unreadable', problem }
    : {
        name,
        state: config.inProgress ? 'InProgress' : 'Completed',
        size: config.size,
        blocks: config.blocks.length,
        created: config.created,
        snapshot: config.snapshot,
        mode: config.incremental ? 'incremental' : 'full',
        compression: config.compression,
      };

type Volume = {
  name: string;
  size?: number;
  created?: string;
  lastBackup?: string;
  problem?: string;
  backups: ReturnType<typeof describe>[];
};

/** `ls STORE`: lists the volumes of a store and their backups, from their configs only. */
export const list = async (name: string, { output }: StoreFlags): Promise<ExitCode> => {
  const source = await openNamedStore(name);
  const volumes: Volume[] = [];
  for await (const { name: volume, config, problem, backups } of listStore(source)) {
    const described: Volume['backups'] = [];
    for (const backup of backups) described.push(describe(backup.name, await backup.read()));
    const known =
      config === undefined
        ? { problem }
        : { size: config.Size, created: config.CreatedTime, lastBackup: config.LastBackupName };
    volumes.push({ name: volume, ...known, backups: described });
  }
  if (output === 'json') printJson({ store: name, volumes });
  else if (volumes.length === 0) printLines(`${name} holds no volume`);
  else
    printLines(
      ...textTable(
        ['VOLUME', 'VOLUME SIZE', 'BACKUP', 'STATE', 'SIZE', 'BLOCKS', 'MODE', 'CREATED', 'SNAPSHOT'],
        volumes.flatMap(rows),
      ),
    );
  return exitCode.passed;
};

const rows = ({ name, size, backups }: Volume): string[][] => {
  const volume = [name, size === undefined ? 'unreadable' : bytes(size)];
  if (backups.length === 0) return [[...volume, '-', '-', '-', '-', '-', '-', '-']];
  return backups.map((backup) =>
    'problem' in backup
      ? [...volume, backup.name, backup.state, '-', '-', '-', '-', '-']
      : [
          ...volume,
          backup.name,
          backup.state,
          bytes(backup.size),
          String(backup.blocks),
          backup.mode,
          backup.created || '-',
          backup.snapshot || '-',
        ],
  );
};
