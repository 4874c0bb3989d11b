import {
  describeLeft,
  StillAtWork,
  type StorePatience,
  untilNobodyWorks,
  type WorkReader,
} from './at-work.ts';
import { type BackupConfig, isName, parseBackup, parseLock } from './format/config.ts';
import { backupConfigPath, classifyStoreFile, volumeFolder } from './format/layout.ts';
import { type StoreSource, Unreadable } from './format/source.ts';
import { checkVolume } from './fsck/check-volume.ts';
import { collectFindings, type StoreFinding } from './fsck/findings.ts';
import { readConfig, sizeLimits } from './fsck/read-config.ts';
import { verifySample } from './fsck/verify-sample.ts';

/** What was found in a volume's folder; `problems` is empty for a sound one. */
export type Inspection = {
  /** Names of the backups that have a config. */
  backups: string[];
  blocks: number;
  locks: string[];
  problems: StoreFinding[];
  /** What a deletion that was killed leaves behind and Longhorn lives with; empty where none was. */
  leftByKill: StoreFinding[];
};

/** For how long a volume's lock is waited for, and what of its folder is judged. */
export type InspectOptions = StorePatience & {
  abandonedAfter?: number;
  only?: readonly string[];
  without?: string;
};

/** A backup store, read from outside Longhorn. */
export type BackupStore = {
  /** Names of the backups of a volume that have a config. */
  backups(volume: string): Promise<string[]>;
  /** A backup's config; undefined when there is none. */
  config(volume: string, backup: string): Promise<BackupConfig | undefined>;
  /** The locks in a volume's folder now, by whomever. */
  locks(volume: string): Promise<VolumeLock[]>;
  /**
   * Waits until nothing works in the folders of these volumes, of all where none are named: a lock that is
   * written is waited for, one that was abandoned until its life is over. Throws StillAtWork when the patience
   * is.
   */
  untilIdle(options: UntilIdle): Promise<void>;
  /**
   * Everything in a volume's folder, judged; throws when it is still locked when the patience is over. Where a
   * process was killed that held a lock, the lock stays for ever: one that has not been written for
   * `abandonedAfter` seconds is neither waited for nor a problem; nor is what volume.cfg says of a last
   * backup whose deletion had got no further than its config. `only`: of these backups alone all must be in
   * order; blocks that none needs are no problem then, nor are others that were never finished. `without`: the
   * config of that backup was taken away, and volume.cfg may still name it as the last.
   */
  inspect(volume: string, options: InspectOptions): Promise<Inspection>;
};

/**
 * A lock as its file says; of type 1 for a backup or a restore, 2 for a deletion. One that is not acquired
 * only asks for the volume.
 */
export type VolumeLock = { name: string; type: number; acquired: boolean };

/** A lock counts for `lockLife` seconds after it was last written. */
export type UntilIdle = StorePatience & { volumes?: readonly string[]; lockLife: number };

/** What a driver knows of a store, from which all questions are answered. */
type Read = {
  source: StoreSource;
  locks: WorkReader['locks'];
  /** Of a volume's blocks as many are looked into as have so many bytes on disk, by default none. */
  contents?: number;
};

/** A store as its driver reads it. */
export const openStore = ({ source, locks, contents = 0 }: Read): BackupStore => {
  const reader: WorkReader = { locks, countBlocks: (folder) => countBlocks(source, folder) };
  return {
    backups: async (volume) => {
      const folder = volumeFolder(volume);
      const names: string[] = [];
      for await (const { path } of source.walk(folder, 2)) {
        const file = classifyStoreFile(path.slice(folder.length + 1));
        if (file.kind === 'backup-config' && isName(file.backup)) names.push(file.backup);
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
      const left = await untilNobodyWorks(reader, { volumes, life, ...patience });
      if (left !== undefined) throw new StillAtWork(left);
    },
    inspect: async (volume, options) => {
      const { seconds, atMost = seconds, owner, abandonedAfter: life = forever } = options;
      const left = await untilNobodyWorks(reader, { volumes: [volume], life, seconds, atMost, owner });
      if (left !== undefined)
        throw new Error(`the backup store's folder of ${volume} is still locked ${describeLeft(left)}`);
      const findings = collectFindings();
      const verify = contents > 0 ? verifySample(source, contents) : undefined;
      const { backups, blocks, locks } = await checkVolume(source, volumeFolder(volume), {
        findings,
        now: Date.now(),
        verify,
      });
      const killed = options.abandonedAfter !== undefined;
      // A temporary file is what a writer leaves that was killed; Longhorn never removes it.
      const expected = [
        'temporary-file',
        ...(killed ? ['lock-expired'] : []),
        ...(options.only ? ['block-orphaned', 'block-count-wrong'] : []),
      ];
      const judged = options.only?.map((name) => `${volumeFolder(volume)}/${backupConfigPath(name)}`);
      const isOfOther = ({ code, path }: StoreFinding): boolean =>
        judged !== undefined && code === 'backup-in-progress' && !judged.includes(path);
      const { without } = options;
      const isOfLost = ({ code, backup }: StoreFinding): boolean =>
        code === 'last-backup-missing' && without !== undefined && backup === without;
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

// In seconds: any lock counts.
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

/**
 * Reads the locks in a volume's folder; passes over one that goes while it is looked at, and one that cannot
 * be read, as Longhorn does.
 */
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
