import { pluralize } from '../../kube/text.ts';
import { type BackupConfig, defaultBlockSize, parseBackup, type VolumeConfig } from '../format/config.ts';
import type { StoreEntry, StoreSource } from '../format/source.ts';
import type { LockActivity } from './check-locks.ts';
import { checkOffsets } from './check-offsets.ts';
import type { Findings } from './findings.ts';
import { readConfig, sizeLimits } from './read-config.ts';
import type { BlockExpectation } from './verify-block.ts';
import type { VolumeFiles } from './volume-files.ts';

/** The blocks that the finished backups of a volume need. */
export type References = {
  /** The expected properties of each block, by checksum. */
  blocks: Map<string, Omit<BlockExpectation, 'checksum'>>;
  /** True if no other block is needed: no backup is in progress, and every config could be read. */
  complete: boolean;
};

type Check = { volumeName: string; volume: VolumeConfig | undefined; work: LockActivity; findings: Findings };

/**
 * Reads and checks the configs of the backups, one at a time because each may be large. Returns the blocks that they
 * refer to.
 */
export const checkBackups = async (
  source: StoreSource,
  files: VolumeFiles,
  check: Check,
): Promise<References> => {
  const { volumeName, volume, work, findings } = check;
  const references: References = { blocks: new Map(), complete: true };
  for (const [name, entry] of files.backups) {
    const { config, problem } = await readBackup(source, name, entry);
    if (problem) {
      findings.add(problem.code, entry.path, problem.message);
      references.complete = false;
      continue;
    }
    const { path } = entry;
    if (config.name !== name)
      findings.add('config-wrong-name', path, `the config of backup ${name} calls it ${config.name}`);
    if (config.volume !== volumeName)
      findings.add(
        'config-wrong-volume',
        path,
        `backup ${name} lies with volume ${volumeName} and says that it is of ${config.volume}`,
      );
    if (config.inProgress) {
      references.complete = false;
      if (work.upload) findings.add('backup-in-progress', path, `backup ${name} is in progress`, 'info');
      else
        findings.add(
          'backup-in-progress',
          path,
          `backup ${name} was never finished: its config has no creation time, and while it is there Longhorn removes no block of the volume`,
        );
      continue;
    }
    checkBackup(config, { path, volume, findings });
    const { blockSize } = config;
    addReferences(references, config, {
      ...{ what: `backup ${name}`, path, findings },
      present: files.blocks,
      sizeOf: () => blockSize,
    });
  }
  return references;
};

/** The names of the backups that refer to some blocks, by checksum. */
export const usersOf = async (
  source: StoreSource,
  files: VolumeFiles,
  checksums: ReadonlySet<string>,
): Promise<Map<string, string[]>> => {
  const users = new Map<string, string[]>();
  for (const [name, entry] of files.backups) {
    const { config } = await readBackup(source, name, entry);
    if (config === undefined || config.inProgress) continue;
    for (const checksum of new Set(config.blocks.map((block) => block.checksum))) {
      if (checksums.has(checksum)) users.set(checksum, [...(users.get(checksum) ?? []), name]);
    }
  }
  return users;
};

const readBackup = (source: StoreSource, name: string, entry: StoreEntry) =>
  readConfig(source, entry, {
    parse: parseBackup,
    limit: sizeLimits.backup,
    what: `the config of backup ${name}`,
  });

type Referring = {
  /** The name of the referring object in sentences, and the path of its config. */
  what: string;
  path: string;
  /** The blocks in the store, by checksum. */
  present: ReadonlyMap<string, number>;
  /** The expected size of the block at an offset, in bytes. Undefined if it is unknown. */
  sizeOf: (offset: number) => number | undefined;
  findings: Findings;
};

/** Adds the blocks that a config refers to, and reports those that are missing in the store. */
export const addReferences = (
  references: References,
  { blocks, compression }: Pick<BackupConfig, 'blocks' | 'compression'>,
  { what, path, present, sizeOf, findings }: Referring,
): void => {
  const missing = new Set<string>();
  for (const { checksum, offset } of blocks) {
    if (!references.blocks.has(checksum))
      references.blocks.set(checksum, { method: compression, size: sizeOf(offset) });
    if (!present.has(checksum)) missing.add(checksum);
  }
  const [example] = missing;
  if (example !== undefined)
    findings.add(
      'block-missing',
      path,
      `${what} lacks ${pluralize(missing.size, 'block')}, such as ${example}`,
    );
};

// Checks the size and the block offsets of a backup, also against its volume if `volume.cfg` could be read.
const checkBackup = (
  { name, size, blockSize, blocks, singleFile }: BackupConfig,
  { path, volume, findings }: { path: string; volume: VolumeConfig | undefined; findings: Findings },
): void => {
  const backup = `backup ${name}`;
  const volumeSize = volume?.Size ?? Number.POSITIVE_INFINITY;
  checkOffsets(blocks, {
    ...{ what: backup, path, findings, blockSize },
    within: { what: 'its volume', size: volumeSize, end: volumeSize },
  });
  // A size that is not a multiple of the smaller block size either has its own finding.
  if (volumeSize % defaultBlockSize === 0 && volumeSize % blockSize !== 0)
    findings.add(
      'volume-size-not-multiple',
      path,
      `${backup} has blocks of ${blockSize} bytes, and its volume ${volumeSize} bytes, which is no multiple: Longhorn refuses to restore it`,
    );
  const sum = blocks.length * blockSize;
  if (singleFile === '' && size !== sum)
    findings.add(
      'backup-size-wrong',
      path,
      `${backup} says that it has ${size} bytes; its ${pluralize(blocks.length, 'block')} have ${sum}`,
    );
};
