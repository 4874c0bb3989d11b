import { chmod, lstat, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { whyNotWritable } from '../../e2e/kube/writable.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';

/** The folder of everything that is built: `$XDG_CACHE_HOME/corral`. */
export const cacheRoot = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'corral');

/** Complete artifacts, one folder each: `NAME-HASH`. The folder is called `parts`, as in existing caches. */
export const artifactsDir = (): string => join(cacheRoot(), 'parts');

/** Artifacts that are being built or removed: `NAME-HASH.RANDOM`. */
export const draftsDir = (): string => join(cacheRoot(), 'drafts');

/**
 * The last check of each artifact, in a file `NAME-HASH`. Its modification time is the time of the artifact's last use.
 */
export const checksDir = (): string => join(cacheRoot(), 'checks');

/** One lock file per artifact. The process that builds the artifact locks it. */
export const locksDir = (): string => join(cacheRoot(), 'locks');

/** One folder for each lab that is up. */
export const labsDir = (): string => join(cacheRoot(), 'labs');

/**
 * Creates the cache's folder, readable only by this user. Throws PreconditionError if the folder cannot be created or
 * used.
 */
export const openCache = async (): Promise<string> => {
  const root = cacheRoot();
  const elsewhere = 'set XDG_CACHE_HOME to another folder';
  // A colon separates folders in a library path. A comma separates a node's disk from its copy-on-write file.
  if (/[:,\n]/.test(root))
    throw new PreconditionError({
      code: 'cache-path',
      what: `the cache's folder ${root} has a colon or a comma in its path, which the lab's programs cannot read`,
      remedy: elsewhere,
    });
  const refused = (why: string) =>
    new PreconditionError({
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
