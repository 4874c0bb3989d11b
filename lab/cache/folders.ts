import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder that everything built is kept in: `$XDG_CACHE_HOME/corral`. */
export const cacheRoot = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'corral');

/** Parts that are whole: a folder each, `NAME-HASH`. */
export const partsDir = (): string => join(cacheRoot(), 'parts');

/** Parts that are being built or taken away: `NAME-HASH.RANDOM`. */
export const draftsDir = (): string => join(cacheRoot(), 'drafts');

/** When each part was last found whole and by which stamps, in a file `NAME-HASH` whose own time is that of the part's last use. */
export const checksDir = (): string => join(cacheRoot(), 'checks');

/** A file for each part, which is locked by who builds it. */
export const locksDir = (): string => join(cacheRoot(), 'locks');

/** The labs that are up, a folder each. */
export const labsDir = (): string => join(cacheRoot(), 'labs');
