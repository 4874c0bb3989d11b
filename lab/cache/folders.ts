import { constants, existsSync } from 'node:fs';
import { access, chmod, lstat, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { NotFit } from '../not-fit.ts';

/** The folder that everything built is kept in: `$XDG_CACHE_HOME/corral`. */
export const cacheRoot = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'corral');

/** Parts that are whole: a folder each, `NAME-HASH`. */
export const partsDir = (): string => join(cacheRoot(), 'parts');

/** Parts that are being built or taken away: `NAME-HASH.RANDOM`. */
export const draftsDir = (): string => join(cacheRoot(), 'drafts');

/**
 * When each part was last found whole and by which stamps, in a file `NAME-HASH` whose own time is that of
 * the part's last use.
 */
export const checksDir = (): string => join(cacheRoot(), 'checks');

/** A file for each part, which is locked by who builds it. */
export const locksDir = (): string => join(cacheRoot(), 'locks');

/** The labs that are up, a folder each. */
export const labsDir = (): string => join(cacheRoot(), 'labs');

/**
 * Why a folder cannot be made, as the system calls it. On a read-only file system Node's own error is a
 * misleading ENOENT.
 */
const causeOf = async (folder: string, error: unknown): Promise<string | undefined> => {
  let above = folder;
  while (!existsSync(above)) above = dirname(above);
  const cause = await access(above, constants.W_OK).then(
    () => error,
    (refused) => refused,
  );
  return (cause as NodeJS.ErrnoException).code;
};

/** Makes the cache's folder, for this user alone; throws NotFit when it cannot be had, or cannot be used. */
export const openCache = async (): Promise<string> => {
  const root = cacheRoot();
  const elsewhere = 'set XDG_CACHE_HOME to another folder';
  // A list of library folders is divided by colons, and the names of a node's disk and of what it is written
  // over by a comma.
  if (/[:,\n]/.test(root))
    throw new NotFit(
      `the cache's folder ${root} has a colon or a comma in its path, which the lab's programs cannot read: ${elsewhere}`,
    );
  try {
    await mkdir(root, { recursive: true });
    const { uid } = await lstat(root);
    if (uid !== process.getuid?.())
      throw new NotFit(`the cache's folder ${root} belongs to another user: ${elsewhere}`);
    await chmod(root, 0o700);
  } catch (error) {
    if (error instanceof NotFit) throw error;
    throw new NotFit(
      `the cache's folder ${root} cannot be made or written (${await causeOf(root, error)}): ${elsewhere}`,
    );
  }
  return root;
};
