import { execFile } from 'node:child_process';
import type { BackupInfo, Listing, VolumeInfo } from '../backupstore/inspect.ts';

type Result = { code: number | string | null; stdout: string; stderr: string };

/** The longhorn command ended with an error; its message is as longhorn-manager words it, log lines and all. */
class CommandError extends Error {
  readonly stdout: string;
  constructor(binary: string, args: string[], { code, stdout, stderr }: Result) {
    super(`failed to execute: ${binary} [${args.join(' ')}], output ${stdout}, stderr ${stderr}: exit status ${code}`);
    this.stdout = stdout;
  }
}

const run = (binary: string, args: string[], timeout: number): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(binary, args, { timeout, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
    if (error) reject(new CommandError(binary, args, { code: error.code ?? error.signal ?? null, stdout, stderr }));
    else resolve(stdout);
  });
  return promise;
};

const saysAny = (error: unknown, ...texts: string[]): boolean =>
  error instanceof CommandError && texts.some((text) => error.message.includes(text));

/** The backup store as a manager sees it: through the longhorn command of the default engine image, a process a call. */
export type TargetClient = {
  backupVolumes(url: string): Promise<string[]>;
  backups(url: string, volume: string): Promise<string[]>;
  /** Undefined if the store has no such backup; inProgress if it has, but unfinished. */
  inspect(backupURL: string): Promise<BackupInfo | 'inProgress' | undefined>;
  /** Undefined if the store has no such volume. */
  inspectVolume(volumeURL: string): Promise<VolumeInfo | undefined>;
  /** Deletes a backup; no time limit, as in Longhorn. Rejects with the error that ends up, wrapped once more, in status.messages. */
  remove(backupURL: string): Promise<void>;
  removeVolume(url: string, volume: string): Promise<void>;
  unmountAll(): Promise<void>;
};

/** Makes a client that gives each call but a removal so many milliseconds. */
export const createTargetClient = (binary: string, timeout: number): TargetClient => ({
  backupVolumes: async (url) => Object.keys(JSON.parse(await run(binary, ['backup', 'ls', '--volume-only', url], timeout)) as Listing),
  backups: async (url, volume) => {
    const listing: Listing = JSON.parse(await run(binary, ['backup', 'ls', '--volume', volume, url], timeout));
    return Object.keys(listing[volume]?.Backups ?? {});
  },
  inspect: async (backupURL) => {
    try {
      return JSON.parse(await run(binary, ['backup', 'inspect', backupURL], timeout));
    } catch (error) {
      if (saysAny(error, 'is still in progress')) return 'inProgress';
      if (saysAny(error, 'cannot find')) return undefined;
      throw error;
    }
  },
  inspectVolume: async (volumeURL) => {
    try {
      return JSON.parse(await run(binary, ['backup', 'inspect-volume', volumeURL], timeout));
    } catch (error) {
      if (saysAny(error, 'cannot find')) return undefined;
      throw error;
    }
  },
  remove: async (backupURL) => {
    try {
      await run(binary, ['backup', 'rm', backupURL], 0);
    } catch (error) {
      if (saysAny(error, 'cannot find')) return;
      throw new Error(`error deleting backup ${backupURL}: ${(error as Error).message}`);
    }
  },
  removeVolume: async (url, volume) => {
    await run(binary, ['backup', 'rm', '--volume', volume, url], 0);
  },
  unmountAll: async () => {
    await run(binary, ['backup', 'cleanup-all-mounts'], timeout);
  },
});
