import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';

/** An image in a layout that skopeo has written, by one of its names. */
export type LayoutImage = {
  name: string;
  /** Of its manifest. */
  digest: string;
  /** Of its configuration: images with the same one are the same, however they were packed. */
  config: string;
  /** What its layers take, packed as they are. */
  size: number;
  /** How they are packed. */
  forms: string[];
  entry: Entry;
};

type Entry = { digest: string; annotations: Record<string, string> };
type Manifest = { config: { digest: string }; layers: { mediaType: string; size: number }[] };
type Config = { os?: string; architecture?: string };

/** What the nodes are. */
export const nodePlatform = 'linux/amd64';

const NAME = 'io.containerd.image.name';
const REFERENCE = 'org.opencontainers.image.ref.name';

const blobs = (layout: string): string => join(layout, 'blobs/sha256');

const readBlob = async <T>(layout: string, digest: string): Promise<T> =>
  JSON.parse(await readFile(join(blobs(layout), digest.slice('sha256:'.length)), 'utf8')) as T;

const formOf = (mediaType: string): string => /[.+](gzip|zstd)$/.exec(mediaType)?.[1] ?? 'plain';

const describe = async (layout: string, entry: Entry): Promise<LayoutImage> => {
  const name = entry.annotations[REFERENCE] as string;
  const { config, layers } = await readBlob<Manifest>(layout, entry.digest);
  const { os, architecture } = await readBlob<Config>(layout, config.digest);
  const platform = `${os}/${architecture}`;
  if (platform !== nodePlatform)
    throw new NotFit({
      code: 'image-platform',
      what: `the image ${name} is for ${platform}, and the nodes are ${nodePlatform}`,
    });
  return {
    name,
    digest: entry.digest,
    config: config.digest,
    size: layers.reduce((sum, { size }) => sum + size, 0),
    forms: [...new Set(layers.map(({ mediaType }) => formOf(mediaType)))],
    entry,
  };
};

/** The images of a layout that skopeo has written. Throws NotFit for one that the nodes cannot run. */
export const imagesOfLayout = async (layout: string): Promise<LayoutImage[]> => {
  const text = await readFile(join(layout, 'index.json'), 'utf8');
  const { manifests } = JSON.parse(text) as { manifests: Entry[] };
  return Promise.all(manifests.map((entry) => describe(layout, entry)));
};

/** Writes images of several layouts as one, in which each blob is once; files are linked, not copied. */
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
  // By this annotation containerd takes a name as it stands.
  const manifests = chosen.flatMap(({ images }) =>
    images.map(({ name, entry }) => ({ ...entry, annotations: { ...entry.annotations, [NAME]: name } })),
  );
  await writeFile(join(merged, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(merged, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
};
