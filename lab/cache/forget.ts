import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lastCheckFile } from './check.ts';
import { draftsDir, labsDir, partsDir } from './folders.ts';
import { unlessLocked } from './lock.ts';

/** How many versions of one part are kept: several checkouts share the cache, and a root image has 2 GB. */
const KEPT = 3;
/** What was used in this time may be in use by a run that has no lab yet; so it is kept. */
const LATELY_MS = 10 * 60_000;

const entries = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);

/** A folder for a new draft of a part: whoever has the part locked may use it. */
export const newDraft = (dir: string): string => join(draftsDir(), `${basename(dir)}.${randomUUID()}`);

/**
 * Takes a part out of the cache; at once, so that nobody finds half of it. Whoever calls it has the part
 * locked.
 */
export const discard = async (dir: string): Promise<void> => {
  await mkdir(draftsDir(), { recursive: true });
  const draft = newDraft(dir);
  await rename(dir, draft);
  await rm(lastCheckFile(dir), { force: true });
  await rm(draft, { recursive: true, force: true });
};

/** Removes the drafts of a part that whoever calls this has locked: who made them is dead. */
export const forgetDraftsOf = async (dir: string): Promise<void> => {
  const names = (await entries(draftsDir())).filter((name) => name.startsWith(`${basename(dir)}.`));
  for (const name of names)
    await rm(join(draftsDir(), name), { recursive: true, force: true, maxRetries: 3 });
};

/**
 * Removes what builds have left that were killed: a draft of a part that nobody has locked. Returns their
 * folders.
 */
export const forgetDeadDrafts = async (): Promise<string[]> => {
  const removed: string[] = [];
  for (const name of await entries(draftsDir())) {
    const draft = join(draftsDir(), name);
    if (await unlessLocked(name.replace(/\.[^.]*$/, ''), 'rm', ['-rf', draft])) removed.push(draft);
  }
  return removed;
};

/**
 * The folders of the parts that labs were started with, also of labs that were killed: their settings name
 * them.
 */
export const partsOfLabs = async (): Promise<Set<string>> => {
  const settings = (await entries(labsDir())).map((lab) =>
    readFile(join(labsDir(), lab, 'settings.json'), 'utf8').catch(() => '{}'),
  );
  const paths = (await Promise.all(settings)).flatMap((text) =>
    [...text.matchAll(/[^"]*\/parts\/[^/"]+/g)].map(([path]) => path),
  );
  return new Set(paths);
};

/** The versions of a part (of all parts without a name) that the cache has, the one used last first. */
export const cachedVersions = async (
  name?: string,
): Promise<{ dir: string; name: string; usedAt: number }[]> => {
  const found = (await entries(partsDir())).map((entry) => ({
    dir: join(partsDir(), entry),
    name: entry.replace(/-[0-9a-f]{16}$/, ''),
  }));
  const used = found
    .filter((version) => name === undefined || version.name === name)
    .map(async (version) => {
      // Another run may have removed it just now.
      const { mtimeMs } = await stat(lastCheckFile(version.dir)).catch(() =>
        stat(version.dir).catch(() => ({ mtimeMs: 0 })),
      );
      return { ...version, usedAt: mtimeMs };
    });
  return (await Promise.all(used)).sort((a, b) => b.usedAt - a.usedAt);
};

/** Removes a part unless it is being built; says whether it is gone. */
export const forgetPart = async (dir: string): Promise<boolean> => {
  await mkdir(draftsDir(), { recursive: true });
  const draft = newDraft(dir);
  if (!(await unlessLocked(dir, 'mv', ['-T', dir, draft]))) return !existsSync(dir);
  await rm(lastCheckFile(dir), { force: true });
  await rm(draft, { recursive: true, force: true });
  return true;
};

/** Whether a part was used so lately that a run may be about to start a lab on it. */
export const usedLately = ({ usedAt }: { usedAt: number }): boolean => Date.now() - usedAt < LATELY_MS;

/** Removes all versions of a part but those used last, those used lately, and those that a lab runs on. */
export const forgetOlder = async (name: string): Promise<void> => {
  const inUse = await partsOfLabs();
  for (const version of (await cachedVersions(name)).slice(KEPT))
    if (!usedLately(version) && !inUse.has(version.dir)) await forgetPart(version.dir);
};
