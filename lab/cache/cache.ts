import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { explainDisk } from '../build/disk-error.ts';
import { buildSignal } from '../build/signal.ts';
import { findArtifactProblem, recordComplete } from './check.ts';
import { CONTENT_FILE, describeContent } from './content.ts';
import { artifactsDir, cacheRoot } from './folders.ts';
import { withLock } from './lock.ts';
import {
  newDraft,
  removeDraftsOf,
  removeLockedArtifact,
  removeOldVersions,
  removeOrphanedDrafts,
} from './remove.ts';

/**
 * Something that the lab builds once: its name, all inputs that determine the result, and a function that
 * builds it in an empty folder.
 */
export type CachedArtifact = {
  name: string;
  inputs: unknown;
  build: (dir: string) => Promise<void>;
};

/**
 * The folder of an artifact in the cache, whether it exists or not. Its name contains a hash of the artifact's inputs.
 */
export const artifactDir = (artifact: Pick<CachedArtifact, 'name' | 'inputs'>): string => {
  const hash = createHash('sha256').update(JSON.stringify(artifact.inputs)).digest('hex').slice(0, 16);
  return join(artifactsDir(), `${artifact.name}-${hash}`);
};

const logLine = (text: string): void => void process.stderr.write(`lab: ${text}\n`);

const inodeOf = (dir: string): number | undefined => lstatSync(dir, { throwIfNoEntry: false })?.ino;

// Artifacts that this process has checked: a run checks each artifact once.
const checkedInodes = new Map<string, number | undefined>();

/** Returns the problem of an artifact's folder, or undefined if it is complete. */
const findProblem = async (dir: string): Promise<string | undefined> => {
  const inode = inodeOf(dir);
  if (inode === undefined) return 'it is not there';
  if (checkedInodes.get(dir) === inode) return undefined;
  const wrong = await findArtifactProblem(dir);
  if (wrong === undefined) checkedInodes.set(dir, inode);
  return wrong;
};

/** Whether the cache has an artifact, complete and undamaged. */
export const isCached = async (artifact: CachedArtifact): Promise<boolean> =>
  (await findProblem(artifactDir(artifact))) === undefined;

const buildsInProgress = new Map<string, Promise<string>>();

/**
 * Builds an artifact unless the cache has it undamaged, and returns its folder. If several runs need it, one
 * builds it and the others wait. A damaged artifact is built again. Throws PreconditionError if the disk is full.
 */
export const ensureCached = async (artifact: CachedArtifact): Promise<string> => {
  const dir = artifactDir(artifact);
  const building =
    buildsInProgress.get(dir) ?? findOrBuild(artifact, dir).finally(() => buildsInProgress.delete(dir));
  buildsInProgress.set(dir, building);
  return building;
};

const findOrBuild = async (artifact: CachedArtifact, dir: string): Promise<string> => {
  if ((await findProblem(dir)) === undefined) return dir;
  try {
    await removeOrphanedDrafts();
    await withLock(
      dir,
      { onWait: () => logLine(`another run is building ${artifact.name}: waiting for it`) },
      async () => {
        // Checked again: the run that had the lock has built the artifact, or has died.
        const wrong = await findProblem(dir);
        if (wrong === undefined) return;
        await removeDraftsOf(dir);
        if (inodeOf(dir) !== undefined) {
          logLine(`${artifact.name} is damaged in the cache (${wrong}): building it again`);
          await removeLockedArtifact(dir);
        }
        await buildArtifact(artifact, dir);
      },
    );
    await removeOldVersions(artifact.name);
  } catch (error) {
    throw await explainDisk(error, { doing: `building ${artifact.name}`, folder: cacheRoot() });
  }
  return dir;
};

const buildArtifact = async (artifact: CachedArtifact, dir: string): Promise<void> => {
  const draft = newDraft(dir);
  for (const folder of [draft, artifactsDir()]) await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await artifact.build(draft);
    await writeFile(join(draft, CONTENT_FILE), await describeContent(draft));
    buildSignal()?.throwIfAborted();
    await moveIntoCache(draft, dir);
  } catch (error) {
    // Explained before the draft is removed, because the disk is not full any more after that.
    const explained = await explainDisk(error, { doing: `building ${artifact.name}`, folder: cacheRoot() });
    await rm(draft, { recursive: true, force: true, maxRetries: 3 });
    throw explained;
  }
  await recordComplete(dir);
};

/** Renames a draft to its final name after a sync: after a power failure the artifact is either complete or missing. */
const moveIntoCache = async (draft: string, dir: string): Promise<void> => {
  await execa('sync', ['--file-system', draft]);
  await rename(draft, dir);
  const artifacts = await open(artifactsDir());
  await artifacts.sync().finally(() => artifacts.close());
};
