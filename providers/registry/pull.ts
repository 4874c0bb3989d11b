import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { cached, type Part } from '../../lab/cache/cache.ts';
import type { Descriptor } from '../../lab/images/documents.ts';
import { writeBlob } from './blob.ts';
import { type Resolved, resolveImage } from './resolve.ts';

/** How many images are downloaded at once: one alone leaves a line idle, many are refused by registries. */
const AT_ONCE = 3;

/** The blobs that an image needs, each once. */
const blobsOf = ({ config, layers }: Resolved): Descriptor[] => [
  ...new Map([config, ...layers].map((descriptor) => [descriptor.digest, descriptor])).values(),
];

const describeIndex = ({ name, manifest: { mediaType, digest, text } }: Resolved): string =>
  JSON.stringify({
    schemaVersion: 2,
    manifests: [
      { mediaType, digest, size: Buffer.byteLength(text), annotations: { 'io.containerd.image.name': name } },
    ],
  });

/**
 * An image as an unpacked OCI layout: a part of its own, so that what has arrived is there when another does
 * not.
 */
const layoutOf = (image: Resolved, onBytes: (bytes: number) => void): Part => ({
  name: `pulled-${image.name.replace(/[:@].*$/, '').replaceAll(/[^a-z0-9]+/g, '-')}`,
  inputs: { recipe: 1, name: image.name, manifest: image.manifest.digest },
  build: async (dir) => {
    const blobs = join(dir, 'blobs/sha256');
    await mkdir(blobs, { recursive: true });
    for (const descriptor of blobsOf(image)) {
      const { digest } = descriptor;
      const what = `${digest} of ${image.name}`;
      const answer = await image.session.get(`blobs/${digest}`);
      if (answer === undefined)
        throw new NotFit({
          code: 'image-incomplete',
          what: `the registry has ${image.name}, and not ${digest}, which it is made of`,
        });
      await writeBlob(answer, descriptor, {
        what,
        file: join(blobs, digest.slice('sha256:'.length)),
        onBytes,
      });
    }
    await writeFile(join(blobs, image.manifest.digest.slice('sha256:'.length)), image.manifest.text);
    await writeFile(join(dir, 'index.json'), describeIndex(image));
    await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  },
});

/** Does work on each item, so many at once, and returns what came out in the items' order. */
const someAtOnce = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const left = items.entries();
  const one = async (): Promise<void> => {
    for (const [position, item] of left) results[position] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return results;
};

/**
 * Pulls images for the nodes' platform from their registries, or all from a mirror, and returns the folders
 * of their layouts; those that are there from before are not pulled again, as long as their names still stand
 * for the same.
 *
 * What a registry does not have is left out. Every byte is checked against the digest that leads to it.
 * Throws NotFit for anything else.
 */
export const pullImages = async (
  names: readonly string[],
  { mirror, onProgress }: { mirror: string | undefined; onProgress: (text: string) => void },
): Promise<string[]> => {
  const found = await someAtOnce(names, (name) => resolveImage(name, mirror));
  const images = found.filter((image) => image !== undefined);
  const all = images.flatMap(blobsOf).reduce((sum, { size }) => sum + size, 0);
  let arrived = 0;
  const inMB = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const onBytes = (bytes: number): void => {
    arrived += bytes;
    onProgress(`${inMB(arrived)} of at most ${inMB(all)} MB`);
  };
  return someAtOnce(images, (image) => cached(layoutOf(image, onBytes)));
};
