import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { isCached, type Part } from '../cache/cache.ts';
import { cacheRoot } from '../cache/folders.ts';
import { manifestSchema } from './documents.ts';
import type { FoundImage } from './found-image.ts';
import { type Found, readSources } from './read-sources.ts';
import { findSources } from './source.ts';
import { writeMerged } from './write-archive.ts';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The image by its own manifest alone, without the index of one that is made for several platforms.
 *
 * Whoever imports all platforms of an index (`kind load`, `k3d image import`: `ctr images import
 * --all-platforms`) fails where those of others are not in the archive: "content digest sha256:... not found"
 * (kind #3996).
 */
export const onePlatform = (image: FoundImage): FoundImage => {
  const { target, config, documents } = image;
  for (const [digest, text] of Object.entries(documents)) {
    const { success, data } = manifestSchema.safeParse(JSON.parse(text));
    if (!success || data.config.digest !== config || digest === target.digest) continue;
    const own = { mediaType: data.mediaType ?? OCI_MANIFEST, digest, size: Buffer.byteLength(text) };
    return { ...image, target: own, documents: { [digest]: text, [config]: documents[config] as string } };
  }
  return image;
};

/** An image of an archive, as it is shown to people. */
type GivenImage = { name: string; digest: string; size: number; forms: string[]; source: string };

/** Image archives as one part (`images.tar`), and what is in it. */
export type GivenImages = { part: Part; images: GivenImage[] };

const GIB = 2 ** 30;
/** What a root image takes that the archive is imported into, before that: see build/node-root.ts. */
const ROOT_IMAGE = 2.5 * GIB;
/** What containerd can hold: a node's root disk has 24 GiB, and pods write to it as well. */
const MOST = 18 * GIB;

/**
 * Takes each name from the first source that has it.
 *
 * The same image may be there again, packed in another way; another image under the same name is a mistake
 * that nobody would see.
 */
const choose = (all: readonly Found[]): Found[] => {
  const taken = new Map<string, { config: string; path: string }>();
  const isNew = (name: string, { config }: FoundImage, path: string): boolean => {
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
  const choice = all.map(({ source, images }) => ({
    source,
    images: images.map((image) => ({
      ...image,
      names: image.names.filter((name) => isNew(name, image, source.path)),
    })),
  }));
  return choice.map(({ source, images }) => ({
    source,
    images: images.filter(({ names }) => names.length > 0),
  }));
};

const list = (chosen: readonly Found[]): GivenImage[] =>
  chosen
    .flatMap(({ source, images }) =>
      images.flatMap(({ names, target, layers }) =>
        names.map((name) => ({
          name,
          digest: target.digest,
          size: layers.reduce((sum, { size }) => sum + size, 0),
          forms: [...new Set(layers.map(({ form }) => form))],
          source: source.path,
        })),
      ),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/**
 * Checks that there is room for the archive in the cache, and for its content in a copy of the nodes' root
 * image.
 */
const checkRoom = async (chosen: readonly Found[]): Promise<void> => {
  const layers = new Map(
    chosen.flatMap(({ images }) =>
      images.flatMap((image) => image.layers.map((layer) => [layer.digest, layer])),
    ),
  );
  const [packed, unpacked] = [...layers.values()].reduce(
    ([a, b], { size, unpacked }) => [a + size, b + unpacked],
    [0, 0],
  ) as [number, number];
  const inGiB = (bytes: number) => (bytes / GIB).toFixed(1);
  if (packed + unpacked > MOST)
    throw new NotFit({
      code: 'images-too-big',
      what: `the images take ${inGiB(packed + unpacked)} GiB, a node has room for ${inGiB(MOST)}`,
      remedy: 'give fewer',
    });
  const { bavail, bsize } = await statfs(cacheRoot());
  const [free, needed] = [bavail * bsize, 2 * packed + unpacked + ROOT_IMAGE];
  if (free < needed)
    throw new NotFit({
      code: 'images-no-space',
      what: `only ${inGiB(free)} GiB are free under ${cacheRoot()}, these images take ${inGiB(needed)}`,
      remedy: 'free some, or set XDG_CACHE_HOME',
    });
};

const read = async (paths: readonly string[]): Promise<Found[]> => {
  const sources = (await Promise.all(paths.map(findSources))).flat();
  return choose(await readSources(sources));
};

/**
 * Says what image archives (`docker save` or OCI, files or folders of them) hold; all of it is checked as for
 * imageArchives.
 */
export const listArchives = async (paths: readonly string[]): Promise<GivenImage[]> =>
  list(await read(paths));

/**
 * Reads image archives and makes them one part for `up`, to be given as its last archive.
 *
 * All of it is read and checked before this resolves. Throws NotFit, with the path of what is wrong, for
 * anything that is not whole and sound, and where there is no room for it. `portable` makes one for other
 * commands than the lab's own import: see onePlatform.
 */
export const imageArchives = async (
  paths: readonly string[],
  { portable = false } = {},
): Promise<GivenImages> => {
  const found = await read(paths);
  const chosen = portable
    ? found.map(({ source, images }) => ({ source, images: images.map(onePlatform) }))
    : found;
  const images = list(chosen);
  const part: Part = {
    name: 'archives',
    inputs: { recipe: 1, images: images.map(({ name, digest }) => [name, digest]) },
    build: (dir) => writeMerged(chosen, join(dir, 'images.tar')),
  };
  if (!(await isCached(part))) await checkRoom(chosen);
  return { part, images };
};
