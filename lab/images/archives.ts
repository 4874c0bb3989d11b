import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { buildCommand } from '../build/command.ts';
import type { Part } from '../cache/cache.ts';
import { type LayoutImage, mergeLayouts } from './layout.ts';
import { readArchive } from './read-archive.ts';
import { findSources } from './source.ts';

/** An image of an archive, as it is shown to people. */
type GivenImage = Pick<LayoutImage, 'name' | 'digest' | 'size' | 'forms'>;

/** Image archives as one part (`images.tar`), and what is in it. */
export type GivenImages = { part: Part; images: GivenImage[] };

type Read = Awaited<ReturnType<typeof readArchive>>;

/** How long packing images may take (ms); whoever gives them owns this time-out. */
const PACK_TIMEOUT_MS = 10 * 60_000;

/**
 * Takes each name from the first source that has it.
 *
 * The same image may be there again, packed in another way; another image under the same name is a mistake
 * that nobody would see.
 */
const choose = (all: readonly Read[]): Read[] => {
  const taken = new Map<string, { config: string; path: string }>();
  const isNew = ({ name, config }: LayoutImage, path: string): boolean => {
    const before = taken.get(name);
    if (before === undefined) taken.set(name, { config, path });
    else if (before.config !== config)
      throw new NotFit({
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
  // One after the other: a disk is read best that way.
  for (const source of sources) all.push(await readArchive(source));
  return choose(all);
};

const list = (chosen: readonly Read[]): GivenImage[] =>
  chosen.flatMap(({ images }) => images).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/**
 * Says what image archives (`docker save` or OCI, files or folders of them) hold; all of it is checked as for
 * imageArchives.
 */
export const listArchives = async (paths: readonly string[]): Promise<GivenImage[]> =>
  list(await read(paths));

/**
 * Reads image archives and makes them one part for `up`, to be given as its last archive: the tar of an OCI
 * layout.
 *
 * All of it is read and checked before this resolves. Throws NotFit, with the path of what is wrong, for
 * anything that is not whole and sound.
 */
export const imageArchives = async (paths: readonly string[]): Promise<GivenImages> => {
  const chosen = await read(paths);
  const images = list(chosen);
  const part: Part = {
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
  return { part, images };
};
