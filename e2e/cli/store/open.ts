import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { copyOnlySchemes, localReaders } from '../../store/drivers/index.ts';
import { folderSource } from '../../store/format/folder-source.ts';
import type { StoreSource } from '../../store/format/source.ts';
import { CommandError, exitCode, usageError } from '../exit-code.ts';

/**
 * Opens a store: the exported folder, the folder `backupstore` in it, or a URL. Throws a CommandError that says what
 * to name instead.
 */
export const openNamedStore = async (name: string): Promise<StoreSource> => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(name)?.[1]?.toLowerCase();
  if (scheme === undefined) return openFolder(name, name);
  const reader = localReaders.find((each) => each.scheme === scheme);
  if (reader === undefined) throw notKnown(name, scheme);
  const found = await reader.find(name);
  if ('source' in found) return found.source;
  if ('folder' in found) return openFolder(found.folder, name);
  throw found.wrong ? usageError(found.problem) : new CommandError(found.problem, exitCode.notFit);
};

const openFolder = async (folder: string, name: string): Promise<StoreSource> => {
  const root = await realpath(folder).catch((error) => notReadable(name, error));
  if (!(await isFolder(root, name)))
    throw new CommandError(
      `${name} is no folder: name the folder that contains backupstore`,
      exitCode.notFit,
    );
  for (const below of ['backupstore', '.']) {
    const path = join(root, below);
    if (!(await isFolder(below === '.' ? join(path, 'volumes') : path, name))) continue;
    // A store that cannot be listed is an error of the command, not a finding of the check.
    await readdir(path).catch((error) => notReadable(name, error));
    await readdir(join(path, 'volumes')).catch((error) =>
      error.code === 'ENOENT' ? [] : notReadable(name, error),
    );
    return folderSource(path);
  }
  throw new CommandError(
    `${name} holds no backup store: in it there is neither a folder backupstore nor a folder volumes`,
    exitCode.notFit,
  );
};

const notReadable = (name: string, error: NodeJS.ErrnoException): never => {
  if (typeof error.errno !== 'number') throw error;
  throw new CommandError(
    `${name || "''"} cannot be read: ${getSystemErrorMessage(error.errno)}`,
    exitCode.notFit,
  );
};

// A symbolic link is not followed, because it could lead out of the store.
const isFolder = async (path: string, name: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? false : notReadable(name, error as NodeJS.ErrnoException);
  }
};

const notKnown = (url: string, scheme: string): CommandError =>
  copyOnlySchemes.includes(scheme)
    ? new CommandError(
        `${url}: a store of ${scheme} is checked as a copy: copy its folder backupstore to this machine, and name the folder that it is in then`,
        exitCode.notFit,
      )
    : usageError(`${url}: name a folder, or ${localReaders.map(({ words }) => words.wanted).join(', or ')}`);
