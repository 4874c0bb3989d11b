import { createHash, randomUUID } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { contentTrouble, pathsIn } from './content.ts';
import { checksDir } from './folders.ts';

/**
 * After this time a part is hashed again though nothing points to a change: a disk may lose bits in silence.
 */
const HASHED_AGAIN_AFTER_MS = 24 * 60 * 60_000;

/** What is kept of a check; `stamps` is the digest of the stamps of everything in the part. */
type Check = { stamps: string; at: number };

/** The file with a part's last check; its time is when the part was used last. */
export const lastCheckFile = (dir: string): string => join(checksDir(), basename(dir));

/**
 * A digest of what the file system says of everything in a part, without reading any of it.
 *
 * Nobody can set a ctime: whatever writes, replaces or restores a file changes it, also where size and mtime
 * are put back.
 */
const stampsOf = (dir: string): string => {
  const hash = createHash('sha256');
  for (const path of pathsIn(dir)) {
    const { dev, ino, mode, size, mtimeNs, ctimeNs } = lstatSync(join(dir, path), { bigint: true });
    hash.update(`${path}\0${[dev, ino, mode, size, mtimeNs, ctimeNs].join(' ')}\0`);
  }
  return hash.digest('hex');
};

const lastCheck = async (dir: string): Promise<Partial<Check>> => {
  try {
    return JSON.parse(await readFile(lastCheckFile(dir), 'utf8')) as Partial<Check>;
  } catch {
    return {};
  }
};

/** Notes that a part is whole as it is now. */
export const noteWhole = async (dir: string, stamps = stampsOf(dir)): Promise<void> => {
  await mkdir(checksDir(), { recursive: true });
  const draft = `${lastCheckFile(dir)}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ stamps, at: Date.now() } satisfies Check));
  await rename(draft, lastCheckFile(dir));
};

/** Why this folder is none of ours to trust; undefined when it is. */
const ownerTrouble = (dir: string): string | undefined => {
  const found = lstatSync(dir);
  if (!found.isDirectory()) return 'it is no folder';
  if (found.uid !== process.getuid?.()) return 'it belongs to another user';
  if (found.mode & 0o022) return 'other users may write into it';
};

/**
 * Checks a part and returns what is wrong with it, or undefined when it is whole; a folder that is not there
 * is wrong as well.
 *
 * Where nothing was touched since the last check this takes some milliseconds, else all of it is read and
 * compared with its digests.
 */
export const partTrouble = async (dir: string): Promise<string | undefined> => {
  try {
    const trouble = ownerTrouble(dir);
    if (trouble !== undefined) return trouble;
    const stamps = stampsOf(dir);
    const last = await lastCheck(dir);
    const age = Date.now() - (last.at ?? 0);
    if (last.stamps !== stamps || age < 0 || age > HASHED_AGAIN_AFTER_MS) {
      const wrong = await contentTrouble(dir);
      if (wrong !== undefined) return wrong;
      // Taken before it was read: what was written meanwhile is found by the next check. On a full disk each
      // check reads it all.
      await noteWhole(dir, stamps).catch(() => {});
    }
    const now = new Date();
    await utimes(lastCheckFile(dir), now, now).catch(() => {});
    return undefined;
  } catch (error) {
    return `it cannot be read (${(error as Error).message})`;
  }
};
