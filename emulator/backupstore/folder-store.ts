import {
  mkdir,
  opendir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Mutant } from '../mutants.ts';
import { StoreError, toGoError, toLsError } from './errors.ts';
import type { FixableBug, Store } from './store.ts';

const maxCleanupLevel = 10;

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

// Removes the empty parents of a removed path, below `backupstore`.
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
      return; // The folder is not empty, so its parents are not empty either.
    }
  }
};

// Errors of a writer whose folder another process removes at that moment, because it found the folder empty.
// Node reports ENOTDIR if its mkdir found the folder and its next check did not.
const isRemoved = (error: unknown): boolean =>
  ['ENOENT', 'ESTALE', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

// The second attempt comes at once, later ones after growing pauses: for one second (actimeo=1) a mount may
// use what it cached of the folder.
const mostTries = 11;
const pauseAfter = (tried: number): number => 25 * (tried - 1);

const cannotOpen = 'cannot open directory';

/**
 * Returns the error text of `ls` for a folder that could not be listed. `ls` stats the folder, opens it, then reads it.
 */
const complaintOf = async (folder: string, error: unknown): Promise<string> => {
  const put = (what: string, why: unknown): string => `${what} '${folder}': ${toLsError(why)}`;
  try {
    await stat(folder);
  } catch (why) {
    return put('cannot access', why);
  }
  try {
    for await (const _ of await opendir(folder)) break;
  } catch (why) {
    const { syscall } = why as NodeJS.ErrnoException;
    return put(syscall === 'opendir' ? cannotOpen : 'reading directory', why);
  }
  // The folder can be read again by now.
  return put(cannotOpen, error);
};

/** Removes a file, or a folder with its content, in the order of Go's os.RemoveAll. Throws Go's texts. */
const removeAll = async (target: string): Promise<void> => {
  try {
    await unlink(target);
  } catch (error) {
    if (isMissing(error)) return;
    if (!['EISDIR', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw toGoError(error, target);
    for (const [path, operation] of [
      [dirname(target), 'open'],
      [target, 'openfdat'],
    ] as const) {
      try {
        await (await opendir(path)).close();
      } catch (why) {
        const { code = '' } = why as NodeJS.ErrnoException;
        if (code === 'ENOENT') return;
        throw toGoError(
          code === 'ENOTDIR' ? error : Object.assign(why as Error, { syscall: operation }),
          path,
        );
      }
    }
    await rm(target, { recursive: true }).catch((why) => {
      if (!isMissing(why)) throw toGoError(why, target);
    });
  }
};

type OpenFolder = { root: string; url: string; log: Log; mutant?: Mutant | undefined };

/** Opens the store below a folder. */
export const openFolderStore = ({ root, url, log, mutant }: OpenFolder): Store => {
  const made = new Set<string>();
  const isFixed = (bug: FixableBug): boolean => mutant === `fixed:${bug}`;
  const changedAt = async (path: string): Promise<number> => {
    const file = join(root, path);
    const found = await stat(file).catch((error) => {
      if (isFixed('unreadable-config-is-gone') && !isMissing(error)) throw toGoError(error, file);
      return undefined;
    });
    return found?.isFile() ? found.mtimeMs : 0;
  };
  const exists = async (path: string) => (await changedAt(path)) > 0;
  // Writes a temporary file and renames it, so that no reader sees half a file. An immutable file refuses the
  // rename too.
  const writeTo = async (target: string, data: Uint8Array | string): Promise<void> => {
    const folder = dirname(target);
    if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    made.add(folder);
    const temporary = `${target}.tmp.${BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)}`;
    await writeFile(temporary, data).catch((error) => {
      throw Object.assign(error, { path: temporary });
    });
    await rename(temporary, target);
  };
  return {
    url,
    log,
    isFixed,
    changedAt,
    exists,
    read: async (path) => {
      if (!(await exists(path))) throw new StoreError(`cannot find ${path} in backupstore`);
      const file = join(root, path);
      return readFile(file, 'utf8').catch((error) => {
        throw toGoError(error, file);
      });
    },
    readData: (path) => {
      const file = join(root, path);
      return readFile(file).catch((error) => {
        throw toGoError(error, file);
      });
    },
    list: async (path, unopened = 'empty') => {
      const folder = join(root, path);
      try {
        return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        // `ls` prints the path of a file.
        if (
          await stat(folder).then(
            (found) => found.isFile(),
            () => false,
          )
        )
          return isFixed('foreign-file-stops-store') ? [] : [folder];
        const complaint = await complaintOf(folder, error);
        if (complaint.startsWith(cannotOpen) && unopened === 'empty') return [];
        throw new StoreError(
          `failed to execute: ls [-1 ${folder}], output ls: ${complaint}\n, error exit status 2`,
        );
      }
    },
    write: async (path, data) => {
      const target = join(root, path);
      for (let tried = 1; ; tried += 1) {
        try {
          return await writeTo(target, data);
        } catch (error) {
          made.delete(dirname(target));
          if (tried === mostTries || !isRemoved(error)) throw toGoError(error, target);
          await sleep(pauseAfter(tried));
        }
      }
    },
    remove: async (path) => {
      const target = join(root, path).replace(/\/$/, '');
      await removeAll(target);
      made.clear();
      await removeEmptyParents(target);
    },
  };
};
