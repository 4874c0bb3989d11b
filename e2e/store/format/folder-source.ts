import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFolder } from './layout.ts';
import { readInto, toUnreadable } from './read-file.ts';
import { type StoreEntry, type StoreSource, Unreadable } from './source.ts';

// How many folders are listed at once. That hides the latency of a file server.
const atOnce = 32;

/**
 * The source of a store in a folder of this machine. `folder` is the path of Longhorn's `backupstore`; it may have
 * another name here.
 */
export const folderSource = (folder: string): StoreSource => {
  const localPath = (path: string): string => join(folder, path.slice(storeFolder.length));
  return {
    localPath,
    async *walk(start, depth) {
      const pending = [{ path: start, depth }];
      while (pending.length > 0) {
        const some = await Promise.all(
          pending
            .splice(-atOnce)
            .map(async (each) => ({ ...each, entries: await readFolder(localPath, each.path) })),
        );
        for (const { entries, depth: left } of some) {
          if (left > 1)
            pending.push(
              ...entries
                .filter(({ kind }) => kind === 'folder')
                .map(({ path }) => ({ path, depth: left - 1 })),
            );
          yield* entries;
        }
      }
    },
    read: async (path, limit) => {
      const buffer = Buffer.allocUnsafe(Math.min(limit, (await statOf(localPath(path))).size));
      return buffer.subarray(0, (await readInto(localPath(path), buffer)).read);
    },
  };
};

const statOf = async (path: string) => {
  try {
    return await lstat(path);
  } catch (error) {
    throw toUnreadable(error);
  }
};

const readFolder = async (localPath: (path: string) => string, folder: string): Promise<StoreEntry[]> => {
  try {
    const names = await readdir(localPath(folder));
    const entries = await Promise.all(names.map((name) => describe(localPath, `${folder}/${name}`)));
    return entries.filter((entry) => entry !== undefined);
  } catch (error) {
    return unreadable(folder, toUnreadable(error));
  }
};

const describe = async (
  localPath: (path: string) => string,
  path: string,
): Promise<StoreEntry | undefined> => {
  try {
    const found = await statOf(localPath(path));
    return { path, kind: kindOf(found), size: found.size, changedAt: found.mtimeMs };
  } catch (error) {
    return unreadable(path, error)[0];
  }
};

// Files that were removed since their folder was listed are skipped.
const unreadable = (path: string, error: unknown): StoreEntry[] => {
  if (!(error instanceof Unreadable)) throw error;
  return error.gone ? [] : [{ path, kind: 'unreadable', size: 0, changedAt: 0, reason: error.message }];
};

const kindOf = (stat: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): StoreEntry['kind'] => {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'folder';
  return stat.isSymbolicLink() ? 'link' : 'special';
};
