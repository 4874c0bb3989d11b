import { chmod, lstat, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { whyNotWritable } from '../../e2e/kube/writable.ts';
import { NotFit } from '../../e2e/machine/not-fit.ts';

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

/** Makes the cache's folder, for this user alone; throws NotFit when it cannot be had, or cannot be used. */
export const openCache = async (): Promise<string> => {
  const root = cacheRoot();
  const elsewhere = 'set XDG_CACHE_HOME to another folder';
  // A list of library folders is divided by colons, and the names of a node's disk and of what it is written
  // over by a comma.
  if (/[:,\n]/.test(root))
    throw new NotFit({
      code: 'cache-path',
      what: `the cache's folder ${root} has a colon or a comma in its path, which the lab's programs cannot read`,
      remedy: elsewhere,
    });
  const refused = (why: string) =>
    new NotFit({
      code: 'cache-not-usable',
      where: `the cache's folder ${root}`,
      what: why,
      remedy: elsewhere,
    });
  const why = whyNotWritable(root);
  if (why !== undefined) throw refused(why);
  await mkdir(root, { recursive: true });
  const { uid } = await lstat(root);
  if (uid !== process.getuid?.()) throw refused('it belongs to another user');
  await chmod(root, 0o700);
  return root;
};
