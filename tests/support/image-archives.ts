import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';

// Image archives as other programs make them, without the lab's code, which is under test.

/** The files of an archive or a layout, by path. A link has its target. */
export type Files = Map<string, Buffer | { link: string }>;

/** An image to pack: the contents of its layers, the lowest first. */
export type TestImage = {
  names: readonly string[];
  layers: Buffer[];
  compress?: 'gzip' | 'zstd';
  config?: Record<string, unknown>;
  architecture?: string;
  /**
   * As in a registry: an index for two platforms with an attestation. Only the blobs of this platform are in the
   * archive. `loose`: the index has another entry without a platform, which is not in the archive.
   */
  nested?: true | 'loose';
};

export const digestOf = (content: Buffer | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;
const hexOf = (content: Buffer | string): string => digestOf(content).slice('sha256:'.length);

/** Writes files to a folder. */
export const writeFiles = async (files: Files, folder: string): Promise<void> => {
  for (const [path, content] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    if (Buffer.isBuffer(content)) await writeFile(file, content);
    else await symlink(content.link, file);
  }
};

/** Packs files with the machine's tar. */
export const tarOf = async (files: Files, options: readonly string[] = []): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-files-'));
  try {
    await writeFiles(files, folder);
    const args = ['-C', folder, '--mtime=@0', '--sort=name', ...options, '-cf', '-', '.'];
    return Buffer.from((await execa('tar', args, { encoding: 'buffer' })).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** A layer with files that can be executed. */
export const layerOf = (content: Record<string, Buffer | string>): Promise<Buffer> =>
  tarOf(new Map(Object.entries(content).map(([path, text]) => [path, Buffer.from(text)])), ['--mode=755']);

const configOf = ({ layers, config = {}, architecture = 'amd64' }: TestImage): string =>
  JSON.stringify({
    ...{ os: 'linux', architecture, config },
    rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
  });

const compressed = (content: Buffer, { compress }: TestImage): Buffer => {
  if (compress === undefined) return content;
  return compress === 'gzip' ? gzipSync(content) : zstdCompressSync(content);
};

const OCI = 'application/vnd.oci.image';

/** An OCI layout, as `skopeo copy` and `docker buildx` write it. Names are in containerd's annotation. */
export const ociLayout = (images: readonly TestImage[], nameIn = 'io.containerd.image.name'): Files => {
  const files: Files = new Map();
  const add = (content: Buffer | string, mediaType: string) => {
    files.set(`blobs/sha256/${hexOf(content)}`, Buffer.from(content));
    return { mediaType, digest: digestOf(content), size: Buffer.byteLength(content) };
  };
  const manifestOf = (image: TestImage) => {
    const layerType = `${OCI}.layer.v1.tar${image.compress === undefined ? '' : `+${image.compress}`}`;
    return JSON.stringify({
      ...{ schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json` },
      config: add(configOf(image), `${OCI}.config.v1+json`),
      layers: image.layers.map((layer) => add(compressed(layer, image), layerType)),
    });
  };
  const elsewhere = { mediaType: `${OCI}.manifest.v1+json`, digest: digestOf('not saved'), size: 9 };
  const attestation = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
  const indexOf = (image: TestImage) =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [
        { ...elsewhere, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
        {
          ...add(manifestOf(image), `${OCI}.manifest.v1+json`),
          platform: { os: 'linux', architecture: image.architecture ?? 'amd64' },
        },
        { ...elsewhere, ...attestation, platform: { os: 'unknown', architecture: 'unknown' } },
        ...(image.nested === 'loose' ? [{ ...elsewhere, ...attestation }] : []),
      ],
    });
  const manifests = images.flatMap((image) => {
    const descriptor = image.nested
      ? add(indexOf(image), `${OCI}.index.v1+json`)
      : add(manifestOf(image), `${OCI}.manifest.v1+json`);
    return image.names.map((name) => ({ ...descriptor, annotations: { [nameIn]: name } }));
  });
  files.set('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
  return files;
};

/**
 * What `docker save` writes. Before version 25: a folder for each layer, with a link if the layer is there already.
 * Since then: blobs.
 */
export const dockerSave = (images: readonly TestImage[], form: 'old' | 'new'): Files => {
  const files: Files = new Map();
  const first = new Map<string, string>();
  const manifests = images.map((image) => {
    const config = configOf(image);
    const configPath = form === 'old' ? `${hexOf(config)}.json` : `blobs/sha256/${hexOf(config)}`;
    files.set(configPath, Buffer.from(config));
    const layers = image.layers.map((layer, position) => {
      const content = compressed(layer, image);
      if (form === 'new') {
        files.set(`blobs/sha256/${hexOf(content)}`, content);
        return `blobs/sha256/${hexOf(content)}`;
      }
      const id = hexOf(`${hexOf(config)}${position}`);
      const before = first.get(hexOf(layer));
      files.set(`${id}/layer.tar`, before === undefined ? content : { link: `../${before}/layer.tar` });
      if (before === undefined) first.set(hexOf(layer), id);
      files.set(`${id}/json`, Buffer.from(JSON.stringify({ id })));
      return `${id}/layer.tar`;
    });
    return { Config: configPath, RepoTags: image.names.length > 0 ? image.names : null, Layers: layers };
  });
  files.set('manifest.json', Buffer.from(JSON.stringify(manifests)));
  return files;
};
