import { type BackupConfig, isValidName, parseBackup, parseLock } from './format/config.ts';
import { backupConfigPath, classifyStoreFile, volumeFolder } from './format/layout.ts';
import { type StoreSource, Unreadable } from './format/source.ts';
import { checkVolume } from './fsck/check-volume.ts';
import { collectFindings, type StoreFinding } from './fsck/findings.ts';
import { readConfig, sizeLimits } from './fsck/read-config.ts';
import { verifySample } from './fsck/verify-sample.ts';
import {
  describeRemainingWork,
  type IdleLimits,
  StoreBusy,
  type WorkReader,
  waitUntilIdle,
} from './wait-until-idle.ts';

/** The result of inspecting a volume's folder. `problems` is empty if it is sound. */
type Inspection = {
  /** The names of the backups that have a config. */
  backups: string[];
  blocks: number;
  locks: string[];
  problems: StoreFinding[];
  /** What a killed deletion left behind and Longhorn tolerates. Empty if none was killed. */
  leftByKill: StoreFinding[];
};

/** How long to wait for the locks of a volume, and which parts of its folder are judged. */
type InspectOptions = IdleLimits & {
  /**
   * A killed process leaves its lock forever. One that was not refreshed for this number of seconds is ignored. So is a
   * last backup in volume.cfg whose deletion only removed the config.
   */
  abandonedAfter?: number;
  /** Only these backups must be sound. Orphaned blocks and other unfinished backups are no problem. */
  only?: readonly string[];
  /** The config of this backup was taken away. volume.cfg may still name it as the last backup. */
  lostConfigOf?: string;
};

/** Read access to a backup store, independent of Longhorn. */
export type BackupStore = {
  /** The names of a volume's backups that have a config. */
  backups(volume: string): Promise<string[]>;
  /** The config of a backup. Undefined if there is none. */
  config(volume: string, backup: string): Promise<BackupConfig | undefined>;
  /** The current locks in a volume's folder, of any holder. */
  locks(volume: string): Promise<VolumeLock[]>;
  /**
   * Waits until no operation works on these volumes, or on any volume if none is named. A lock that is not refreshed
   * is waited for until its life is over. Throws `StoreBusy` after the wait.
   */
  untilIdle(options: UntilIdle): Promise<void>;
  /** Checks everything in a volume's folder. Throws if the volume is still locked after the wait. */
  inspect(volume: string, options: InspectOptions): Promise<Inspection>;
};

/**
 * A lock as its file describes it. Type 1 is a backup or restore, type 2 a deletion. A lock that is not acquired only
 * requests the volume.
 */
type VolumeLock = { name: string; type: number; acquired: boolean };

/** How long to wait. `lockLife` is how many seconds a lock counts after its last refresh. */
export type UntilIdle = IdleLimits & { volumes?: readonly string[]; lockLife: number };

/** The parts of a store that differ between drivers. */
type Read = {
  source: StoreSource;
  locks: WorkReader['locks'];
  /** How many bytes of a volume's blocks an inspection reads, on disk. The default is 0. */
  contents?: number;
};

/** Opens a store from the parts that its driver provides. */
export const openStore = ({ source, locks, contents = 0 }: Read): BackupStore => {
  const reader: WorkReader = { locks, countBlocks: (folder) => countBlocks(source, folder) };
  return {
    backups: async (volume) => {
      const folder = volumeFolder(volume);
      const names: string[] = [];
      for await (const { path } of source.walk(folder, 2)) {
        const file = classifyStoreFile(path.slice(folder.length + 1));
        if (file.kind === 'backup-config' && isValidName(file.backup)) names.push(file.backup);
      }
      return names;
    },
    config: async (volume, backup) => {
      const path = `${volumeFolder(volume)}/${backupConfigPath(backup)}`;
      try {
        const { config, problem } = parseBackup(await source.read(path, sizeLimits.backup));
        if (problem) throw new Error(`${path} ${problem.message}`);
        return config;
      } catch (error) {
        if (error instanceof Unreadable && error.gone) return undefined;
        throw error;
      }
    },
    locks: (volume) => listLocks(source, volume),
    untilIdle: async ({ volumes = [], lockLife: life, ...patience }) => {
      const left = await waitUntilIdle(reader, { volumes, life, ...patience });
      if (left !== undefined) throw new StoreBusy(left);
    },
    inspect: async (volume, options) => {
      const { seconds, atMost = seconds, owner, abandonedAfter: life = forever } = options;
      const left = await waitUntilIdle(reader, { volumes: [volume], life, seconds, atMost, owner });
      if (left !== undefined)
        throw new Error(
          `the backup store's folder of ${volume} is still locked ${describeRemainingWork(left)}`,
        );
      const findings = collectFindings();
      const verify = contents > 0 ? verifySample(source, contents) : undefined;
      const { backups, blocks, locks } = await checkVolume(source, volumeFolder(volume), {
        findings,
        now: Date.now(),
        verify,
      });
      const killed = options.abandonedAfter !== undefined;
      // A killed writer leaves its temporary file. Longhorn never removes it.
      const expected = [
        'temporary-file',
        ...(killed ? ['lock-expired'] : []),
        ...(options.only ? ['block-orphaned', 'block-count-wrong'] : []),
      ];
      const judged = options.only?.map((name) => `${volumeFolder(volume)}/${backupConfigPath(name)}`);
      const isOfOther = ({ code, path }: StoreFinding): boolean =>
        judged !== undefined && code === 'backup-in-progress' && !judged.includes(path);
      const { lostConfigOf } = options;
      const isOfLost = ({ code, backup }: StoreFinding): boolean =>
        code === 'last-backup-missing' && lostConfigOf !== undefined && backup === lostConfigOf;
      const problems = findings
        .list()
        .filter(({ severity, code }) => severity !== 'info' && !expected.includes(code))
        .filter((each) => !isOfOther(each) && !isOfLost(each));
      const isLeft = ({ code }: StoreFinding): boolean => killed && code === 'last-backup-missing';
      return {
        backups,
        blocks,
        locks,
        problems: problems.filter((each) => !isLeft(each)),
        leftByKill: problems.filter(isLeft),
      };
    },
  };
};

// In seconds. With this life every lock counts.
const forever = 2 ** 40;

const countBlocks = async (source: StoreSource, folder: string): Promise<number | undefined> => {
  let count = 0;
  try {
    for await (const { path } of source.walk(`${folder}/blocks`, 3)) if (path.endsWith('.blk')) count += 1;
  } catch {
    return undefined;
  }
  return count;
};

/** Lists the locks in a volume's folder. Skips locks that are removed meanwhile or cannot be read, as Longhorn does. */
const listLocks = async (source: StoreSource, volume: string): Promise<VolumeLock[]> => {
  const folder = volumeFolder(volume);
  const locks: VolumeLock[] = [];
  for await (const entry of source.walk(`${folder}/locks`, 1)) {
    const file = classifyStoreFile(entry.path.slice(folder.length + 1));
    if (file.kind !== 'lock') continue;
    const { config } = await readConfig(source, entry, {
      parse: parseLock,
      limit: sizeLimits.lock,
      what: `lock ${file.lock}`,
    });
    if (config) locks.push({ name: file.lock, type: config.Type, acquired: config.Acquired });
  }
  return locks;
};
