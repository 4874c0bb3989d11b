import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildCommand } from '../build/command.ts';
import type { CachedArtifact } from '../cache/cache.ts';
import { type LayoutImage, mergeLayouts } from './layout.ts';
import { readArchive } from './read-archive.ts';
import { findSources } from './source.ts';

/** An image of an archive, as it is displayed. */
type ArchiveImage = Pick<LayoutImage, 'name' | 'digest' | 'size' | 'forms'>;

/** Image archives as one artifact (`images.tar`), and the images in it. */
export type CombinedArchives = { artifact: CachedArtifact; images: ArchiveImage[] };

type Read = Awaited<ReturnType<typeof readArchive>>;

/** Time-out of packing images, in ms. The caller owns it. */
const PACK_TIMEOUT_MS = 10 * 60_000;

/**
 * Takes each name from the first source that has it. A later source may have the same image, packed
 * differently. A different image with the same name is an error, because it would stay unnoticed.
 */
const choose = (all: readonly Read[]): Read[] => {
  const taken = new Map<string, { config: string; path: string }>();
  const isNew = ({ name, config }: LayoutImage, path: string): boolean => {
    const before = taken.get(name);
    if (before === undefined) taken.set(name, { config, path });
    else if (before.config !== config)
      throw new PreconditionError({
        code: 'image-twice',
        where: path,
        what: `its image ${name} is another one than that in ${before.path}`,
      });
    return before === undefined;
  };
  return all.map((each) => ({
    ...each,
    images: each.images.filter((image) => isNew(image, each.source.path)),
  }));
};

const read = async (paths: readonly string[]): Promise<Read[]> => {
  const sources = (await Promise.all(paths.map(findSources))).flat();
  const all: Read[] = [];
  // One after the other, which is the fastest for a disk.
  for (const source of sources) all.push(await readArchive(source));
  return choose(all);
};

const list = (chosen: readonly Read[]): ArchiveImage[] =>
  chosen.flatMap(({ images }) => images).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/**
 * Lists the images in archives (`docker save` or OCI, files or folders of them). Checks everything like imageArchives.
 */
export const listArchives = async (paths: readonly string[]): Promise<ArchiveImage[]> =>
  list(await read(paths));

/**
 * Reads image archives and combines them to one artifact for `up`, which must be its last archive: the tar of an
 * OCI layout. All of it is read and checked before this resolves. Throws PreconditionError with the path of the file for
 * anything incomplete or damaged.
 */
export const imageArchives = async (paths: readonly string[]): Promise<CombinedArchives> => {
  const chosen = await read(paths);
  const images = list(chosen);
  const artifact: CachedArtifact = {
    name: 'archives',
    inputs: { recipe: 2, images: images.map(({ name, digest }) => [name, digest]) },
    build: async (dir) => {
      const layout = join(dir, 'layout');
      await mergeLayouts(chosen, layout);
      await buildCommand(
        'tar',
        ['-C', layout, '-cf', join(dir, 'images.tar'), 'oci-layout', 'index.json', 'blobs'],
        {
          folder: dir,
          timeout: PACK_TIMEOUT_MS,
        },
      );
      await rm(layout, { recursive: true });
    },
  };
  return { artifact, images };
};
