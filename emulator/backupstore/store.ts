import { mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { inGoWords, StoreError } from './errors.ts';

/** A mounted backup store: paths are below the export, as `backupstore/volumes/...`. */
export type Store = {
  /** URL without its query, as it stands in a Backup's url. */
  readonly url: string;
  readonly log: Log;
  exists(path: string): Promise<boolean>;
  /**
   * Time of the last change by the server's clock, in milliseconds since the epoch; 0 if there is no such
   * file.
   */
  changedAt(path: string): Promise<number>;
  /** Reads a text file; throws `cannot find PATH in backupstore` if there is none. */
  read(path: string): Promise<string>;
  /** Reads a file of data. */
  readData(path: string): Promise<Buffer>;
  /**
   * Names in a folder; none if it does not exist or cannot be read, for Longhorn takes a failed listing for
   * the truth.
   */
  list(path: string): Promise<string[]>;
  /**
   * Writes beside the file and renames, so that nobody reads half a file; an immutable file refuses that too.
   */
  write(path: string, data: Uint8Array | string): Promise<void>;
  /**
   * Removes a file or folder if it is there, then the folders above it that became empty, up to
   * `backupstore`.
   */
  remove(path: string): Promise<void>;
};

const maxCleanupLevel = 10;

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

const removeEmptyParents = async (path: string): Promise<void> => {
  let folder = dirname(path);
  for (
    let level = 0;
    level < maxCleanupLevel && !folder.endsWith('/backupstore');
    level += 1, folder = dirname(folder)
  ) {
    try {
      await rmdir(folder);
    } catch {
      return; // Not empty: so are all above it.
    }
  }
};

// What a folder's removal by another process, which found it empty, does to who is just making it or writing
// into it.
const isRemoved = (error: unknown): boolean =>
  ['ENOENT', 'ESTALE', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');

// The next try comes at once, the later ones ever later: for a second (actimeo=1) a mount may go by what it
// knew of the folder before.
const mostTries = 11;
const pauseAfter = (tried: number): number => 25 * (tried - 1);

/** Opens the store that lies below a folder. */
export const openStore = ({ root, url, log }: { root: string; url: string; log: Log }): Store => {
  const made = new Set<string>();
  const changedAt = async (path: string): Promise<number> => {
    const found = await stat(join(root, path)).catch(() => undefined);
    return found?.isFile() ? found.mtimeMs : 0;
  };
  const exists = async (path: string) => (await changedAt(path)) > 0;
  const writeTo = async (target: string, data: Uint8Array | string): Promise<void> => {
    const folder = dirname(target);
    if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    made.add(folder);
    const temporary = `${target}.tmp.${BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)}`;
    await writeFile(temporary, data);
    await rename(temporary, target);
  };
  return {
    url,
    log,
    changedAt,
    exists,
    read: async (path) => {
      if (!(await exists(path))) throw new StoreError(`cannot find ${path} in backupstore`);
      const file = join(root, path);
      return readFile(file, 'utf8').catch((error) => {
        throw inGoWords(error, file);
      });
    },
    readData: (path) => {
      const file = join(root, path);
      return readFile(file).catch((error) => {
        throw inGoWords(error, file);
      });
    },
    list: async (path) => {
      try {
        return (await readdir(join(root, path))).sort();
      } catch (error) {
        if (!isMissing(error)) log.warning(`Failed to list ${path}`, { error });
        return [];
      }
    },
    write: async (path, data) => {
      const target = join(root, path);
      for (let tried = 1; ; tried += 1) {
        try {
          return await writeTo(target, data);
        } catch (error) {
          made.delete(dirname(target));
          if (tried === mostTries || !isRemoved(error)) throw inGoWords(error, target);
          await sleep(pauseAfter(tried));
        }
      }
    },
    remove: async (path) => {
      const target = join(root, path);
      try {
        await unlink(target).catch((error) => {
          if (error.code !== 'EISDIR') throw error;
          return rm(target, { recursive: true });
        });
      } catch (error) {
        if (!isMissing(error)) throw inGoWords(error, target);
      }
      made.clear();
      await removeEmptyParents(target);
    },
  };
};
