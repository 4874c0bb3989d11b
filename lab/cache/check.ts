import { createHash, randomUUID } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findContentProblem, listPaths } from './content.ts';
import { checksDir } from './folders.ts';

/** After this time an artifact is hashed again without any sign of a change, because a disk may lose bits silently. */
const HASHED_AGAIN_AFTER_MS = 24 * 60 * 60_000;

/** The stored result of a check. `stamps` is the digest of the metadata of all files in the artifact. */
type Check = { stamps: string; at: number };

/** The file with an artifact's last check. Its modification time is the time of the artifact's last use. */
export const lastCheckFile = (dir: string): string => join(checksDir(), basename(dir));

/**
 * A digest of the metadata of all files in an artifact, without their content. No program can set a ctime: every
 * write, replacement or restore of a file changes it, even if size and mtime are restored.
 */
const metadataDigest = (dir: string): string => {
  const hash = createHash('sha256');
  for (const path of listPaths(dir)) {
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

/** Records that an artifact is complete in its present state. */
export const recordComplete = async (dir: string, stamps = metadataDigest(dir)): Promise<void> => {
  await mkdir(checksDir(), { recursive: true });
  const draft = `${lastCheckFile(dir)}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ stamps, at: Date.now() } satisfies Check));
  await rename(draft, lastCheckFile(dir));
};

/** Returns why this folder cannot be trusted, or undefined if it can. */
const findOwnerProblem = (dir: string): string | undefined => {
  const found = lstatSync(dir);
  if (!found.isDirectory()) return 'it is not a folder';
  if (found.uid !== process.getuid?.()) return 'it belongs to another user';
  if (found.mode & 0o022) return 'other users may write into it';
};

/**
 * Checks an artifact. Returns its problem, or undefined if it is complete. A missing folder is a problem too. If
 * no metadata changed since the last check this takes some milliseconds, otherwise all files are read and
 * compared with their digests.
 */
export const findArtifactProblem = async (dir: string): Promise<string | undefined> => {
  try {
    const failure = findOwnerProblem(dir);
    if (failure !== undefined) return failure;
    const stamps = metadataDigest(dir);
    const last = await lastCheck(dir);
    const age = Date.now() - (last.at ?? 0);
    if (last.stamps !== stamps || age < 0 || age > HASHED_AGAIN_AFTER_MS) {
      const wrong = await findContentProblem(dir);
      if (wrong !== undefined) return wrong;
      // The metadata were read before the content, so the next check finds a write in between. On a full disk
      // the record fails, and each check reads all files.
      await recordComplete(dir, stamps).catch(() => {});
    }
    const now = new Date();
    await utimes(lastCheckFile(dir), now, now).catch(() => {});
    return undefined;
  } catch (error) {
    return `it cannot be read (${(error as Error).message})`;
  }
};
