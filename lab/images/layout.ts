import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';

/** An image in a layout written by skopeo, with one of its names. */
export type LayoutImage = {
  name: string;
  /** Digest of the manifest. */
  digest: string;
  /** Digest of the configuration. Images with the same one are equal, however they are packed. */
  config: string;
  /** Size of the layers in bytes, as packed. */
  size: number;
  /** Compression of the layers. */
  forms: string[];
  entry: Entry;
};

type Entry = { digest: string; annotations: Record<string, string> };
type Manifest = { config: { digest: string }; layers: { mediaType: string; size: number }[] };
type Config = { os?: string; architecture?: string };

/** Platform of the nodes. */
export const nodePlatform = 'linux/amd64';

const NAME = 'io.containerd.image.name';
const REFERENCE = 'org.opencontainers.image.ref.name';

const blobs = (layout: string): string => join(layout, 'blobs/sha256');

const readBlob = async <T>(layout: string, digest: string): Promise<T> =>
  JSON.parse(await readFile(join(blobs(layout), digest.slice('sha256:'.length)), 'utf8')) as T;

const compressionOf = (mediaType: string): string => /[.+](gzip|zstd)$/.exec(mediaType)?.[1] ?? 'plain';

const describe = async (layout: string, entry: Entry): Promise<LayoutImage> => {
  const name = entry.annotations[REFERENCE] as string;
  const { config, layers } = await readBlob<Manifest>(layout, entry.digest);
  const { os, architecture } = await readBlob<Config>(layout, config.digest);
  const platform = `${os}/${architecture}`;
  if (platform !== nodePlatform)
    throw new PreconditionError({
      code: 'image-platform',
      what: `the image ${name} is for ${platform}, and the nodes are ${nodePlatform}`,
    });
  return {
    name,
    digest: entry.digest,
    config: config.digest,
    size: layers.reduce((sum, { size }) => sum + size, 0),
    forms: [...new Set(layers.map(({ mediaType }) => compressionOf(mediaType)))],
    entry,
  };
};

/** Returns the images of a layout written by skopeo. Throws PreconditionError for an image that the nodes cannot run. */
export const imagesOfLayout = async (layout: string): Promise<LayoutImage[]> => {
  const text = await readFile(join(layout, 'index.json'), 'utf8');
  const { manifests } = JSON.parse(text) as { manifests: Entry[] };
  return Promise.all(manifests.map((entry) => describe(layout, entry)));
};

/** Writes images of several layouts as one layout, with each blob once. Files are hard links, not copies. */
export const mergeLayouts = async (
  chosen: readonly { layout: string; images: readonly LayoutImage[] }[],
  merged: string,
): Promise<void> => {
  await mkdir(blobs(merged), { recursive: true });
  for (const { layout } of chosen)
    for (const blob of await readdir(blobs(layout)))
      await link(join(blobs(layout), blob), join(blobs(merged), blob)).catch((error) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
  // With this annotation containerd uses the name unchanged.
  const manifests = chosen.flatMap(({ images }) =>
    images.map(({ name, entry }) => ({ ...entry, annotations: { ...entry.annotations, [NAME]: name } })),
  );
  await writeFile(join(merged, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(merged, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
};
