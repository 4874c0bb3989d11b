import { pluralize } from '../../kube/text.ts';
import { defaultBlockSize, parseVolume, type VolumeConfig } from '../format/config.ts';
import { volumeFolder, volumesFolder } from '../format/layout.ts';
import type { StoreSource } from '../format/source.ts';
import { checkBackups, usersOf } from './check-backups.ts';
import { checkBlocks, type VerifyBlocks } from './check-blocks.ts';
import { checkLocks, type LockActivity } from './check-locks.ts';
import type { Findings } from './findings.ts';
import { checkLeftovers } from './leftovers.ts';
import { readConfig, sizeLimits } from './read-config.ts';
import { listVolume, type VolumeFiles } from './volume-files.ts';

type VolumeCheck = {
  findings: Findings;
  /** In ms since the epoch, by the clock of the store's server. */
  now: number;
  /** Verifies the content of blocks. Without it blocks are only counted and measured. */
  verify: VerifyBlocks | undefined;
};

/** The contents of a volume's folder, sound or not. */
type CheckedVolume = {
  /** The names of the backups that have a config, and of the locks. */
  backups: string[];
  locks: string[];
  /** What works on the volume, according to its locks. */
  work: LockActivity;
  blocks: number;
  /** The size of the blocks on disk. */
  bytes: number;
};

/** Checks everything in a volume's folder. Damage never makes it throw; only a store that cannot be read does. */
export const checkVolume = async (
  source: StoreSource,
  folder: string,
  { findings, now, verify }: VolumeCheck,
): Promise<CheckedVolume> => {
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const expected = volumeFolder(name);
  if (folder !== expected)
    findings.add(
      'volume-misplaced',
      folder,
      `volume ${name} is not where Longhorn looks for it, ${expected.slice(volumesFolder.length + 1)}`,
    );
  const files = await listVolume(source, folder, findings);
  const work = await checkLocks(source, files.locks, { now, findings });
  const volume = await readVolume(source, files, { name, work, findings });
  const references = await checkBackups(source, files, { volumeName: name, volume, work, findings });
  if (volume !== undefined) checkVolumeConfig(volume, { files, name, work, findings });
  checkLeftovers(files, { owner: 'backup', references, work, now, findings });
  await checkBlocks(files, {
    ...{ owner: 'backup' as const, references, findings, verify },
    usersOf: (checksums) => usersOf(source, files, checksums),
  });
  return {
    backups: [...files.backups.keys()].sort(),
    locks: [...files.locks.keys()].sort(),
    work,
    blocks: files.blocks.size,
    bytes: [...files.blocks.values()].reduce((sum, size) => sum + size, 0),
  };
};

// While an operation works on the volume, it may still correct what would otherwise be garbage or wrong.
const atRest = (work: LockActivity) => (work.any ? 'info' : undefined);

type Known = { name: string; work: LockActivity; findings: Findings };

const readVolume = async (
  source: StoreSource,
  files: VolumeFiles,
  { name, work, findings }: Known,
): Promise<VolumeConfig | undefined> => {
  if (files.volumeConfig === undefined) {
    if (files.backups.size + files.blocks.size > 0)
      findings.add(
        'volume-config-missing',
        files.folder,
        `volume ${name} has no volume.cfg, so Longhorn cannot find it`,
        atRest(work),
      );
    return undefined;
  }
  const { config, problem } = await readConfig(source, files.volumeConfig, {
    parse: parseVolume,
    limit: sizeLimits.volume,
    what: `volume.cfg of volume ${name}`,
  });
  if (problem) findings.add(problem.code, files.volumeConfig.path, problem.message);
  return config;
};

const checkVolumeConfig = (
  volume: VolumeConfig,
  { files, name, work, findings }: Known & { files: VolumeFiles },
): void => {
  const path = `${files.folder}/volume.cfg`;
  if (volume.Name !== name)
    findings.add('volume-wrong-name', path, `volume.cfg of volume ${name} calls it ${volume.Name}`);
  if (volume.Size === 0 || volume.Size % defaultBlockSize !== 0)
    findings.add(
      'config-invalid',
      path,
      `volume.cfg of volume ${name} has a size of ${volume.Size}, no multiple of 2 MiB, with which Longhorn restores nothing`,
    );
  if (volume.BlockCount !== files.blocks.size)
    findings.add(
      'block-count-wrong',
      path,
      `volume.cfg of volume ${name} counts ${pluralize(volume.BlockCount, 'block')}, and there are ${files.blocks.size}`,
      atRest(work),
    );
  const last = volume.LastBackupName;
  if (last !== '' && !files.backups.has(last))
    findings.add(
      'last-backup-missing',
      path,
      `volume.cfg of volume ${name} names ${last} as the last backup, which has no config: the next one will be full`,
      atRest(work),
      { backup: last },
    );
};
