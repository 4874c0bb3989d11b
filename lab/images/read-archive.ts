import { mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { CommandFailed } from '../build/command.ts';
import { isDiskError } from '../build/disk-error.ts';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { reportProgress } from '../step.ts';
import { findImages, unpackArchive } from './find-images.ts';
import { imagesOfLayout } from './layout.ts';
import { copyImage, failureReason } from './skopeo.ts';
import { fileIdentity, type ImageSource } from './source.ts';

const layoutIn = (dir: string): string => join(dir, 'layout');

const open = async ({ path, kind }: ImageSource, work: string): Promise<string> => {
  if (kind === 'archive') return unpackArchive(await realpath(path), work);
  // skopeo ends a path at its first colon.
  await symlink(await realpath(path), join(work, 'source'));
  return join(work, 'source');
};

const copyAll = async (source: ImageSource, dir: string): Promise<void> => {
  const work = join(dir, 'work');
  await mkdir(work);
  const images = await findImages(await open(source, work), work);
  if (images.length === 0)
    throw new PreconditionError({
      code: 'archive-without-images',
      what: 'it is no image archive: neither an index.json (OCI) nor a manifest.json (docker save) is in it',
    });
  for (const [position, { from, names }] of images.entries()) {
    reportProgress(`${position} of ${images.length} images of ${basename(source.path)}`);
    for (const name of names) await copyImage(from, `oci:../layout:${name}`, { folder: work });
  }
  await imagesOfLayout(layoutIn(dir));
  await rm(work, { recursive: true });
};

/** Adds the path of the source to an error. A full disk stays unchanged. */
const explain = (error: unknown, { path }: ImageSource): unknown => {
  if (isDiskError(error)) return error;
  if (error instanceof CommandFailed)
    return new PreconditionError({
      code: 'archive-damaged',
      where: path,
      what: `it cannot be read (${failureReason(error)})`,
    });
  if (!(error instanceof PreconditionError) || error.where !== undefined) return error;
  const { code, what, remedy } = error;
  return new PreconditionError({ code, where: path, what, remedy }, { cause: error });
};

const artifactOf = (source: ImageSource, identity: unknown): CachedArtifact => ({
  name: `archive-${basename(source.path).replaceAll(/[^a-zA-Z0-9]+/g, '-')}`,
  inputs: { recipe: 1, identity },
  build: async (dir) => {
    try {
      await copyAll(source, dir);
    } catch (error) {
      throw explain(error, source);
    }
    if (JSON.stringify(await fileIdentity(source)) !== JSON.stringify(identity))
      throw new PreconditionError({
        code: 'archive-changed',
        where: source.path,
        what: 'it was changed while it was read',
        remedy: 'run the command again when it is complete',
      });
  },
});

/**
 * Returns the images of a source as an OCI layout, and its folder. This is a separate artifact in the cache, so
 * that the source is only read again after a change of its files. Every digest is checked. Throws PreconditionError with
 * the source's path for any problem.
 */
export const readArchive = async (source: ImageSource) => {
  const layout = layoutIn(await ensureCached(artifactOf(source, await fileIdentity(source))));
  return { source, layout, images: await imagesOfLayout(layout) };
};
