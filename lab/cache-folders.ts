import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How many versions of one part are kept: several checkouts share the cache, and a root image has 2 GB. */
const KEPT = 3;

/** The folder that everything built is kept in: `$XDG_CACHE_HOME/corral`. */
export const cacheRoot = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'corral');

/** Parts that are whole. */
export const partsDir = (): string => join(cacheRoot(), 'parts');

/** Parts that are being built, each named after the process that builds it. */
export const draftsDir = (): string => join(cacheRoot(), 'drafts');

const entries = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);

/** Removes what builds have left that were killed: a draft whose process is no more. */
export const forgetDeadDrafts = async (): Promise<void> => {
  for (const name of await entries(draftsDir())) {
    const pid = /\.(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await rm(join(draftsDir(), name), { recursive: true, force: true });
  }
};

/** Removes all versions of a part but those used last. */
export const forgetOlder = async (name: string): Promise<void> => {
  const versions = (await entries(partsDir())).filter((entry) => entry.replace(/-[0-9a-f]{16}$/, '') === name);
  const used = await Promise.all(
    versions.map(async (entry) => {
      const dir = join(partsDir(), entry);
      // Another run may have removed it just now.
      return {
        dir,
        at: await stat(dir).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const old = used.sort((a, b) => b.at - a.at).slice(KEPT);
  for (const { dir } of old) await rm(dir, { recursive: true, force: true });
};
