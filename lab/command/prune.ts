import { existsSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { printLines } from '../../e2e/kube/print-lines.ts';
import { CONTENT_FILE, listPaths } from '../cache/content.ts';
import { cacheRoot, checksDir, draftsDir, labsDir, locksDir } from '../cache/folders.ts';
import { CACHE_USE_LOCK, withExclusiveCache } from '../cache/lock.ts';
import {
  artifactsUsedByLabs,
  cachedVersions,
  isRecentlyUsed,
  removeArtifact,
  removeOrphanedDrafts,
} from '../cache/remove.ts';
import { labState } from '../run/state.ts';
import type { Commands } from './commands.ts';

/** A starting lab has no process for a moment. Its folder is younger than this then. */
const STARTING_MS = 60_000;

/** A removed file or folder, and the space that it used in bytes. */
type Freed = { path: string; bytes: number };

const entries = async (dir: string): Promise<string[]> =>
  (await readdir(dir).catch(() => [])).map((name) => join(dir, name));

const diskUsage = async (path: string): Promise<number> => {
  const found = await lstat(path);
  const all = found.isDirectory() ? ['', ...listPaths(path)] : [''];
  const sizes = all.map((below) =>
    lstat(join(path, below)).then(
      ({ blocks }) => blocks * 512,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, room) => sum + room, 0);
};

const pruneDrafts = async (): Promise<Freed[]> => {
  const rooms = new Map<string, number>();
  for (const draft of await entries(draftsDir())) rooms.set(draft, await diskUsage(draft));
  return (await removeOrphanedDrafts()).map((path) => ({ path, bytes: rooms.get(path) ?? 0 }));
};

const pruneLabs = async (): Promise<Freed[]> => {
  const freed: Freed[] = [];
  for (const path of await entries(labsDir())) {
    const { mtimeMs } = await lstat(path);
    if ((await labState(basename(path))) || Date.now() - mtimeMs < STARTING_MS) continue;
    freed.push({ path, bytes: await diskUsage(path) });
    await rm(path, { recursive: true, force: true });
  }
  return freed;
};

const pruneArtifacts = async ({ all, alone }: { all: boolean; alone: boolean }): Promise<Freed[]> => {
  const freed: Freed[] = [];
  const inUse = await artifactsUsedByLabs();
  const newest = new Set<string>();
  for (const version of await cachedVersions()) {
    const { dir, name } = version;
    const isComplete = existsSync(join(dir, CONTENT_FILE));
    const isNewest = isComplete && !newest.has(name);
    if (isNewest) newest.add(name);
    if (inUse.has(dir) || (isNewest && !all) || (isRecentlyUsed(version) && !alone)) continue;
    const bytes = await diskUsage(dir);
    if (await removeArtifact(dir)) freed.push({ path: dir, bytes });
  }
  return freed;
};

/** Removes locks and checks of artifacts that no longer exist. Only safe while no run can take a lock. */
const pruneRest = async (): Promise<void> => {
  const there = new Set((await cachedVersions()).map(({ dir }) => basename(dir)));
  for (const path of [...(await entries(locksDir())), ...(await entries(checksDir()))]) {
    if (basename(path) !== CACHE_USE_LOCK && !there.has(basename(path))) await rm(path, { force: true });
  }
};

const megabytes = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

const prune = (all: boolean): Promise<Freed[]> =>
  withExclusiveCache(async (alone) => {
    const freed = [
      ...(await pruneDrafts()),
      ...(await pruneLabs()),
      ...(await pruneArtifacts({ all, alone })),
    ];
    if (alone) await pruneRest();
    else printLines('Another run is using the cache: what was used in the last 10 min is kept.');
    return freed;
  });

/** `lab prune`: removes what no lab needs from the cache, and lists it. */
export const pruneCommand = ({ program }: Commands): void => {
  program
    .command('prune')
    .description(
      'remove from the cache what no lab needs: leftovers of killed runs, and old versions of built parts',
    )
    .option('--all', 'also the newest versions: the next lab is built from scratch')
    .action(async ({ all = false }: { all?: boolean }) => {
      const freed = await prune(all);
      for (const { path, bytes } of freed)
        printLines(`removed ${relative(cacheRoot(), path)}: ${megabytes(bytes)}`);
      printLines(
        freed.length === 0
          ? 'Nothing to remove.'
          : `Freed ${megabytes(freed.reduce((sum, { bytes }) => sum + bytes, 0))}.`,
      );
    });
};
