import type { BackupConfig } from './config.ts';
import { backupConfigPath, blockPath, classify } from './layout.ts';

/** What lies in a volume's folder at one moment. */
export type VolumeContents = {
  /** Every file, relative to the volume's folder, with its size in bytes. */
  files: ReadonlyMap<string, number>;
  configs: readonly BackupConfig[];
};

/** What was found in a volume's folder; `problems` is empty for a sound one. */
export type Inspection = {
  /** Names of the backups that have a config. */
  backups: string[];
  blocks: number;
  locks: string[];
  problems: string[];
};

/**
 * Checks that a volume's folder is whole: every block of every backup is there and not empty, stands where its name says,
 * and no block is left that no backup refers to.
 * To be judged only while nothing works on the volume (no lock): Longhorn skips the removal of blocks, by design, next to a backup in progress.
 */
export const inspect = ({ files, configs }: VolumeContents): Inspection => {
  const found = [...files].map(([path, size]) => ({ path, size, file: classify(path) }));
  const blocks = found.flatMap(({ path, size, file }) => (file.kind === 'block' ? [{ path, size, ...file }] : []));
  const referenced = new Set(configs.flatMap((config) => config.blocks.map(({ checksum }) => checksum)));
  return {
    backups: found.flatMap(({ file }) => (file.kind === 'backup-config' ? [file.backup] : [])).sort(),
    blocks: blocks.length,
    locks: found.flatMap(({ file }) => (file.kind === 'lock' ? [file.lock] : [])).sort(),
    problems: [
      ...configs.flatMap((config) => problemsOfConfig(config, files)),
      ...blocks.filter(({ misplaced }) => misplaced).map(({ path }) => `block ${path} is not where its name says`),
      ...blocks.filter(({ size }) => size === 0).map(({ path }) => `block ${path} is empty`),
      ...summarise(
        blocks.filter(({ checksum }) => !referenced.has(checksum)).map(({ checksum }) => checksum),
        (count) => `${count === 1 ? '1 block belongs' : `${count} blocks belong`} to no backup`,
      ),
      ...(files.has('volume.cfg') || files.size === 0 ? [] : ['volume.cfg is missing']),
      ...found.filter(({ file }) => file.kind === 'unknown').map(({ path }) => `${path} is no file of Longhorn's`),
    ],
  };
};

const problemsOfConfig = (config: BackupConfig, files: ReadonlyMap<string, number>): string[] => [
  ...(files.has(backupConfigPath(config.name)) ? [] : [`the config of ${config.name} has another file name`]),
  ...(config.inProgress ? [`backup ${config.name} was never finished: its config has no creation time`] : []),
  ...summarise(
    [...new Set(config.blocks.map(({ checksum }) => checksum))].filter((checksum) => !files.has(blockPath(checksum))),
    (count) => `backup ${config.name} lacks ${count === 1 ? '1 block' : `${count} blocks`}`,
  ),
];

// A lost folder means hundreds of blocks: one example says as much.
const summarise = (checksums: string[], describe: (count: number) => string): string[] => {
  const [example] = checksums;
  return example === undefined ? [] : [`${describe(checksums.length)}, such as ${example}`];
};
