import { type ExecFileException, execFile } from 'node:child_process';
import type { BackupInfo, Listing, VolumeInfo } from '../backupstore/inspect.ts';
import {
  encodeSystemBackupURL,
  type SystemBackupInfo,
  type SystemBackupPlace,
} from '../backupstore/system-backup.ts';
import { defaultEngineImage } from '../modelled-on.ts';
import { childEnvironment, type StoreCredentials } from './child.ts';
import { type EngineQuery, notStarted, queryCommand } from './query.ts';

type Result = { error: ExecFileException; stdout: string; stderr: string };

// Go's names of the signals that end a process.
const signals: Record<string, string> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGINT: 'interrupt',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
};

/**
 * How a command ended, in the words of Go's os/exec: `exit status 1`, `signal: killed`; or why it could not be started.
 */
const endOf = ({ code, path, signal, message }: ExecFileException): string => {
  if (signal) return `signal: ${signals[signal] ?? signal}`;
  if (code === 'ENOENT' && path !== undefined) return notStarted(path);
  return typeof code === 'number' ? `exit status ${code}` : message;
};

/** The longhorn command failed. The message is longhorn-manager's, including log lines. */
class CommandError extends Error {
  /** Standard output: the reason, without log lines. */
  readonly output: string;
  constructor(binary: string, args: string[], { error, stdout, stderr }: Result) {
    super(
      error.killed
        ? `timeout executing: ${queryCommand(binary, args)}`
        : `failed to execute: ${binary} [${args.join(' ')}], output ${stdout}, stderr ${stderr}: ${endOf(error)}`,
    );
    this.output = stdout;
  }
}

const run = (
  binary: string,
  args: string[],
  environment: StoreCredentials,
  timeout: number,
  onStart: (pid: number | undefined) => void = () => {},
): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    env: childEnvironment(environment),
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
  } as const;
  const { pid } = execFile(binary, args, options, (error, stdout, stderr) => {
    if (error) reject(new CommandError(binary, args, { error, stdout, stderr }));
    else resolve(stdout);
  });
  onStart(pid);
  return promise;
};

const saysAny = (error: unknown, ...texts: string[]): boolean =>
  error instanceof Error && texts.some((text) => error.message.includes(text));

/**
 * A manager's access to the backup store, through the longhorn command of the default engine image. As in
 * Longhorn, each change of the store is a process. Queries (see query.ts) and unmounts run in this process.
 */
export type TargetClient = {
  /** The credentials for the commands. Throws if the target's Secret lacks one. */
  environment(): StoreCredentials;
  /**
   * Lists the folders of the system backups by their names. Longhorn checks in this way whether the store is available.
   */
  systemBackups(url: string): Promise<Record<string, string>>;
  /** The config of a system backup. Undefined if the store does not have it. */
  systemBackup(url: string, place: SystemBackupPlace): Promise<SystemBackupInfo | undefined>;
  /** Uploads a file as the archive of a system backup, then its config. Throws if the store has the archive. */
  uploadSystemBackup(url: string, place: SystemBackupPlace & { file: string; image: string }): Promise<void>;
  /** Downloads its archive into a file. */
  downloadSystemBackup(url: string, place: SystemBackupPlace, file: string): Promise<void>;
  removeSystemBackup(url: string, place: SystemBackupPlace): Promise<void>;
  backupVolumes(url: string): Promise<string[]>;
  backups(url: string, volume: string): Promise<string[]>;
  /** Undefined if the store does not have the backup, `inProgress` if the backup is unfinished. */
  inspect(backupURL: string): Promise<BackupInfo | 'inProgress' | undefined>;
  /** Undefined if the store does not have the volume. */
  inspectVolume(volumeURL: string): Promise<VolumeInfo | undefined>;
  /**
   * Deletes a backup, without a time limit, as in Longhorn. Rejects with the error that goes, wrapped once
   * more, into status.messages. `onStart` is called with the process ID.
   */
  remove(backupURL: string, onStart?: (pid: number | undefined) => void): Promise<void>;
  removeVolume(url: string, volume: string): Promise<void>;
  /**
   * Writes a backup into the image of a volume, without a time limit. `last` is the backup that the image
   * holds, or empty. Rejects with the replica's error text.
   */
  restore(
    backupURL: string,
    to: { image: string; last: string; replicas: number; atOnce: string },
  ): Promise<void>;
  /** Unmounts a store from this node's manager, if its kind is mounted. */
  unmount(url: string): Promise<void>;
};

type Options = {
  binary: string;
  timeout: number;
  environment: TargetClient['environment'];
  query?: EngineQuery | undefined;
};

/**
 * Creates a client. `timeout` limits each call except removals and restores, in milliseconds. Without `query`,
 * a query is a process too.
 */
export const createTargetClient = ({
  binary,
  timeout,
  environment,
  query = (args, credentials) => run(binary, args, credentials, timeout),
}: Options): TargetClient => ({
  environment,
  systemBackups: async (url) => JSON.parse(await query(['system-backup', 'list', url], environment())),
  systemBackup: async (url, place) => {
    try {
      const from = encodeSystemBackupURL(url, place);
      return JSON.parse(await query(['system-backup', 'get-config', from], environment()));
    } catch (error) {
      if (saysAny(error, 'cannot find')) return undefined;
      throw error;
    }
  },
  uploadSystemBackup: async (url, { file, image, ...place }) => {
    const images = ['--manager-image', image, '--engine-image', defaultEngineImage];
    const to = encodeSystemBackupURL(url, place);
    const args = ['system-backup', 'upload', file, to, '--git-commit', 'emulator', ...images];
    await run(binary, args, environment(), 0);
  },
  downloadSystemBackup: async (url, place, file) =>
    void (await run(
      binary,
      ['system-backup', 'download', encodeSystemBackupURL(url, place), file],
      environment(),
      0,
    )),
  removeSystemBackup: async (url, place) =>
    void (await run(
      binary,
      ['system-backup', 'delete', encodeSystemBackupURL(url, place)],
      environment(),
      timeout,
    )),
  backupVolumes: async (url) =>
    Object.keys(JSON.parse(await query(['backup', 'ls', '--volume-only', url], environment())) as Listing),
  backups: async (url, volume) => {
    const listing: Listing = JSON.parse(
      await query(['backup', 'ls', '--volume', volume, url], environment()),
    );
    const { Messages: { error } = {}, Backups = {} } = listing[volume] ?? {};
    // As in longhorn-manager (engineapi/backups.go, parseBackupNamesList).
    if (error) throw new Error(error);
    return Object.keys(Backups);
  },
  inspect: async (backupURL) => {
    try {
      return JSON.parse(await query(['backup', 'inspect', backupURL], environment()));
    } catch (error) {
      if (saysAny(error, 'is still in progress')) return 'inProgress';
      if (saysAny(error, 'cannot find')) return undefined;
      throw error;
    }
  },
  inspectVolume: async (volumeURL) => {
    try {
      return JSON.parse(await query(['backup', 'inspect-volume', volumeURL], environment()));
    } catch (error) {
      if (saysAny(error, 'cannot find')) return undefined;
      throw error;
    }
  },
  remove: async (backupURL, onStart) => {
    try {
      await run(binary, ['backup', 'rm', backupURL], environment(), 0, onStart);
    } catch (error) {
      // Longhorn searches the log too. The log has this text also when another process's lock disappears
      // during the read. Longhorn then takes a refused removal for a success, and the Backup stays Deleting
      // until its manager ends. Where an upload takes a second, one run in ten would meet that.
      if (error instanceof CommandError && error.output.includes('cannot find')) return;
      throw new Error(`error deleting backup ${backupURL}: ${(error as Error).message}`);
    }
  },
  removeVolume: async (url, volume) => {
    await run(binary, ['backup', 'rm', '--volume', volume, url], environment(), 0);
  },
  restore: async (backupURL, { image, last, replicas, atOnce }) => {
    const to = ['--to', image, '--replicas', `${replicas}`, ...(last ? ['--last', last] : [])];
    const args = ['backup', 'restore', backupURL, ...to, '--concurrent-limit', atOnce];
    await run(binary, args, environment(), 0).catch((error) => {
      const said = error instanceof CommandError ? error.output.trim() : '';
      throw said === '' ? error : new Error(said);
    });
  },
  unmount: async (url) => {
    if (!url.startsWith('s3:')) await query(['backup', 'unmount', url], environment());
  },
});
