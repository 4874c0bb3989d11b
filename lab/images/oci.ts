import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';

/** One image of an archive: its complete name, the tars of its layers (lowest first), and its entrypoint. */
export type Image = {
  name: string;
  /** The lowest layers. The archive only refers to them, because an archive imported before contains them. */
  below?: string[];
  layers: string[];
  entrypoint?: string[];
  /** Variables as NAME=VALUE, in addition to PATH. */
  env?: string[];
};

type Descriptor = { mediaType: string; digest: string; size: number; annotations?: Record<string, string> };

const fileDigest = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const describeLayer = async (path: string): Promise<Descriptor> => ({
  mediaType: 'application/vnd.oci.image.layer.v1.tar',
  digest: `sha256:${await fileDigest(path)}`,
  size: (await stat(path)).size,
});

const addLayer = async (blobs: string, path: string): Promise<Descriptor> => {
  const descriptor = await describeLayer(path);
  await copyFile(path, join(blobs, descriptor.digest.slice('sha256:'.length)));
  return descriptor;
};

const addJson = async (blobs: string, value: unknown, mediaType: string): Promise<Descriptor> => {
  const text = JSON.stringify(value);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(blobs, hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
};

const addImage = async (blobs: string, image: Image, whole: boolean): Promise<Descriptor> => {
  const layers: Descriptor[] = [];
  for (const layer of image.below ?? [])
    layers.push(await (whole ? addLayer(blobs, layer) : describeLayer(layer)));
  for (const layer of image.layers) layers.push(await addLayer(blobs, layer));
  const configuration = {
    architecture: 'amd64',
    os: 'linux',
    config: {
      Entrypoint: image.entrypoint ?? null,
      Env: ['PATH=/usr/local/bin:/usr/sbin:/usr/bin', ...(image.env ?? [])],
    },
    // The digest of an uncompressed layer is the digest of its content.
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: await addJson(blobs, configuration, 'application/vnd.oci.image.config.v1+json'),
    layers,
  };
  const descriptor = await addJson(blobs, manifest, manifest.mediaType);
  return {
    ...descriptor,
    annotations: { 'io.containerd.image.name': image.name, 'org.opencontainers.image.ref.name': image.name },
  };
};

/**
 * Writes images as one archive: the tar of an OCI layout, for `ctr images import`. With `whole`, it also
 * contains the lowest layers.
 */
export const writeArchive = async (
  images: readonly Image[],
  archive: string,
  { whole = false } = {},
): Promise<void> => {
  const layout = `${archive}.layout`;
  const blobs = join(layout, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const manifests: Descriptor[] = [];
  for (const image of images) manifests.push(await addImage(blobs, image, whole));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await execa('tar', ['-C', layout, '-cf', archive, 'oci-layout', 'index.json', 'blobs']);
  await rm(layout, { recursive: true });
};

/** Packs a folder's content as an image layer. The same content always results in the same bytes. */
export const writeLayer = async (folder: string, layer: string): Promise<void> => {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await execa('tar', ['-C', folder, ...same, '-cf', layer, '.']);
};
