import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lastCheckFile } from './check.ts';
import { artifactsDir, draftsDir, labsDir } from './folders.ts';
import { runUnlessLocked } from './lock.ts';

/** How many versions of an artifact are kept. Several checkouts share the cache, and a root image has 2 GB. */
const KEPT = 3;
/** An artifact that was used within this time is kept, because a run without a lab may still use it. */
const LATELY_MS = 10 * 60_000;

const entries = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);

/** Returns a folder for a new draft of an artifact. The caller must hold the artifact's lock. */
export const newDraft = (dir: string): string => join(draftsDir(), `${basename(dir)}.${randomUUID()}`);

/**
 * Removes an artifact from the cache. The rename is atomic, so that no process finds half of it. The caller must
 * hold the artifact's lock.
 */
export const removeLockedArtifact = async (dir: string): Promise<void> => {
  await mkdir(draftsDir(), { recursive: true });
  const draft = newDraft(dir);
  await rename(dir, draft);
  await rm(lastCheckFile(dir), { force: true });
  await rm(draft, { recursive: true, force: true });
};

/**
 * Removes the drafts of an artifact. The caller must hold the artifact's lock, so the processes that made them are
 * dead.
 */
export const removeDraftsOf = async (dir: string): Promise<void> => {
  const names = (await entries(draftsDir())).filter((name) => name.startsWith(`${basename(dir)}.`));
  for (const name of names)
    await rm(join(draftsDir(), name), { recursive: true, force: true, maxRetries: 3 });
};

/** Removes the drafts of killed builds: drafts of artifacts that are not locked. Returns their folders. */
export const removeOrphanedDrafts = async (): Promise<string[]> => {
  const removed: string[] = [];
  for (const name of await entries(draftsDir())) {
    const draft = join(draftsDir(), name);
    if (await runUnlessLocked(name.replace(/\.[^.]*$/, ''), 'rm', ['-rf', draft])) removed.push(draft);
  }
  return removed;
};

/** The folders of the artifacts that labs use, from the labs' settings. Labs that were killed are included. */
export const artifactsUsedByLabs = async (): Promise<Set<string>> => {
  const settings = (await entries(labsDir())).map((lab) =>
    readFile(join(labsDir(), lab, 'settings.json'), 'utf8').catch(() => '{}'),
  );
  const paths = (await Promise.all(settings)).flatMap((text) =>
    [...text.matchAll(/[^"]*\/parts\/[^/"]+/g)].map(([path]) => path),
  );
  return new Set(paths);
};

/** The versions in the cache of an artifact, or of all artifacts without a name. The last used version is first. */
export const cachedVersions = async (
  name?: string,
): Promise<{ dir: string; name: string; usedAt: number }[]> => {
  const found = (await entries(artifactsDir())).map((entry) => ({
    dir: join(artifactsDir(), entry),
    name: entry.replace(/-[0-9a-f]{16}$/, ''),
  }));
  const used = found
    .filter((version) => name === undefined || version.name === name)
    .map(async (version) => {
      // Another run may just have removed it.
      const { mtimeMs } = await stat(lastCheckFile(version.dir)).catch(() =>
        stat(version.dir).catch(() => ({ mtimeMs: 0 })),
      );
      return { ...version, usedAt: mtimeMs };
    });
  return (await Promise.all(used)).sort((a, b) => b.usedAt - a.usedAt);
};

/** Removes an artifact unless it is being built. Returns whether it is gone. */
export const removeArtifact = async (dir: string): Promise<boolean> => {
  await mkdir(draftsDir(), { recursive: true });
  const draft = newDraft(dir);
  if (!(await runUnlessLocked(dir, 'mv', ['-T', dir, draft]))) return !existsSync(dir);
  await rm(lastCheckFile(dir), { force: true });
  await rm(draft, { recursive: true, force: true });
  return true;
};

/** Whether an artifact was used so recently that a run may be about to start a lab with it. */
export const isRecentlyUsed = ({ usedAt }: { usedAt: number }): boolean => Date.now() - usedAt < LATELY_MS;

/** Removes old versions of an artifact. Keeps the last used ones, recently used ones, and those that a lab uses. */
export const removeOldVersions = async (name: string): Promise<void> => {
  const inUse = await artifactsUsedByLabs();
  for (const version of (await cachedVersions(name)).slice(KEPT))
    if (!isRecentlyUsed(version) && !inUse.has(version.dir)) await removeArtifact(version.dir);
};
