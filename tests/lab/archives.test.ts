import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import { beforeEach, expect, test, vi } from 'vitest';
import { cached } from '../../lab/cache/cache.ts';
import { imageArchives } from '../../lab/images/archives.ts';
import { telling } from '../../lab/step.ts';
import {
  digestOf,
  dockerSave,
  type Files,
  layerOf,
  ociLayout,
  type TestImage,
  tarOf,
  writeFiles,
} from '../support/image-archives.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [lower, upper] = await Promise.all([
  layerOf({ lower: 'a lower layer' }),
  layerOf({ upper: 'an upper one' }),
]);
const web = 'example.test/web:v1';

let dir: string;
let input: string;

beforeEach(async () => {
  dir = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  input = join(dir, 'input');
  await mkdir(input);
  await mkdir(join(dir, 'cache/corral'), { recursive: true });
});

const put = async (name: string, content: Buffer | Files): Promise<string> => {
  const path = join(input, name);
  await writeFile(path, Buffer.isBuffer(content) ? content : await tarOf(content));
  return path;
};

const image = (more: Partial<TestImage> = {}): TestImage => ({
  names: [web],
  layers: [lower, upper],
  ...more,
});

type Descriptor = { digest: string; size: number; annotations?: Record<string, string> };

/** The merged archive, unpacked by tar: what each name leads to, every digest and size on the way checked. */
const unpackMerged = async (paths: string[]) => {
  const { part } = await imageArchives(paths);
  const out = join(dir, 'out');
  await mkdir(out);
  const { stdout } = await execa('tar', ['-C', out, '-xvf', join(await cached(part), 'images.tar')]);
  const blob = async ({ digest, size }: Descriptor): Promise<Buffer> => {
    const content = await readFile(join(out, 'blobs/sha256', digest.slice(7)));
    expect([digestOf(content), content.length]).toEqual([digest, size]);
    return content;
  };
  const json = async (descriptor: Descriptor) => JSON.parse((await blob(descriptor)).toString());
  const index = JSON.parse(await readFile(join(out, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  const images = await Promise.all(
    index.manifests.map(async (descriptor) => {
      const top = await json(descriptor);
      const manifest = top.manifests ? await json(top.manifests[1]) : top;
      const layers = await Promise.all(manifest.layers.map(blob));
      const name = descriptor.annotations?.['io.containerd.image.name'];
      return { name, config: await json(manifest.config), layers };
    }),
  );
  return { images, entries: stdout.split('\n') };
};

test('a folder of archives of every kind becomes one, each name kept and each blob once', async () => {
  const named = (names: string[], more: Partial<TestImage> = {}) => [image({ names, ...more })];
  const saved = async (form: 'old' | 'new', ...what: Parameters<typeof named>) =>
    tarOf(dockerSave(named(...what), form));
  const aliased = named(['example.test/web:v1', 'example.test/alias:v2'], { compress: 'zstd', nested: true });
  await put('oci.tar', ociLayout(aliased));
  await put('old.tar.gz', gzipSync(await saved('old', ['longhornio/x:v1', 'nginx'])));
  await put('new.tar.zst', zstdCompressSync(await saved('new', ['quay.io/y:v1'], { layers: [upper] })));
  await put('crane.tgz', gzipSync(await saved('old', ['quay.io/z:v1'], { compress: 'gzip' })));
  const unpacked = named(['localhost:5000/unpacked:v1'], { compress: 'gzip' });
  await writeFiles(ociLayout(unpacked), join(input, 'unpacked'));
  await writeFile(join(input, 'README'), 'not an archive');
  const { images, entries } = await unpackMerged([input]);
  expect(images.map(({ name }) => name).sort()).toEqual([
    'docker.io/library/nginx:latest',
    'docker.io/longhornio/x:v1',
    'example.test/alias:v2',
    'example.test/web:v1',
    'localhost:5000/unpacked:v1',
    'quay.io/y:v1',
    'quay.io/z:v1',
  ]);
  for (const { config, layers, name } of images) {
    const expected = name === 'quay.io/y:v1' ? [upper] : [lower, upper];
    expect(config.rootfs.diff_ids).toEqual(expected.map(digestOf));
    expect(layers).toHaveLength(expected.length);
  }
  expect(new Set(entries).size).toBe(entries.length);
});

test('who reads and packs archives tells how much of how much, a bundle that is read twice once', async () => {
  const big = await layerOf({ big: Buffer.alloc(3 * 2 ** 20) });
  await put('a.tar', dockerSave([image({ layers: [lower, big] })], 'old'));
  const inside = await tarOf(dockerSave([image({ names: ['example.test/b:v1'], layers: [big] })], 'old'));
  await put('bundle.tar', new Map([['in.tar', inside]]));
  const told: string[] = [];
  const hear = <T>(work: () => Promise<T>) => telling((detail) => void told.push(detail), work);
  const { part } = await hear(() => imageArchives([input]));
  expect(told.at(-1)).toBe('6 of 6 MiB, 1 of 2 archives');
  expect(told.filter((each) => !/^[0-6] of 6 MiB, [01] of 2 archives$/.test(each))).toEqual([]);
  told.length = 0;
  await hear(() => cached(part));
  expect(told.at(-1)).toBe('3 of 3 MiB');
});

test('a file that was not changed is not read again, one that was is, whatever its times say', async () => {
  const path = await put('a.tar', dockerSave([image()], 'old'));
  const times = new Date(1_700_000_000_000);
  await utimes(path, times, times);
  await imageArchives([path]);
  const content = await readFile(path);
  const at = content.indexOf('a lower layer');
  content.write('A', at);
  await writeFile(path, content);
  await utimes(path, times, times);
  await expect(imageArchives([path])).rejects.toThrow('is damaged');
});

test('an archive that changes between its reading and its packing is noticed', async () => {
  const files = dockerSave([image({ layers: [lower] })], 'new');
  const path = await put('a.tar', files);
  const { part } = await imageArchives([path]);
  const trouble = { code: 'archive-changed', where: path };
  for (const changed of [
    other(files, blobOf(lower), flip(lower)),
    new Map([['manifest.json', Buffer.from('[]')]]),
  ]) {
    await put('a.tar', changed);
    await expect(cached(part)).rejects.toMatchObject(trouble);
  }
});

const flip = (content: Buffer): Buffer => {
  const copy = Buffer.from(content);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] as number) ^ 0x40;
  return copy;
};
/** The files with another content at a path, or without it. */
const other = (files: Files, path: string, content?: Buffer): Files =>
  new Map(
    [...files].flatMap(([each, was]) => (each !== path ? [[each, was]] : content ? [[each, content]] : [])),
  );
const blobOf = (content: Buffer) => `blobs/sha256/${digestOf(content).slice(7)}`;

const layout = ociLayout([image()]);
const save = dockerSave([image({ layers: [lower] })], 'old');
const nameless = dockerSave([image({ layers: [], names: [] })], 'old');
const savedLayer = [...save.keys()].find((key) => key.endsWith('layer.tar')) as string;
const saved = await tarOf(dockerSave([image({ layers: [lower] })], 'new'));
const noImage =
  'it is no image archive: neither an index.json (OCI) nor a manifest.json (docker save) is in it';

test.each<[what: string, content: Buffer | Files, message: string]>([
  ['a layer is missing', other(layout, blobOf(upper)), `the layer 2 of ${web} is missing (${blobOf(upper)})`],
  [
    'a blob is not what its digest says',
    other(layout, blobOf(lower), flip(lower)),
    `the layer 1 of ${web} is damaged: ${blobOf(lower)} has the digest ${digestOf(flip(lower))}`,
  ],
  [
    'a layer of docker save is not what the configuration says',
    other(save, savedLayer, flip(lower)),
    `the layer 1 of ${web} is damaged: ${savedLayer} holds ${digestOf(flip(lower))}, the image's configuration says ${digestOf(lower)}`,
  ],
  [
    'a tar ends between two files',
    saved.subarray(0, saved.indexOf('./manifest.json')),
    `${noImage}; the archive has no mark of its end: it is truncated`,
  ],
  [
    'an image is for another platform',
    ociLayout([image({ architecture: 'arm64' })]),
    `the image ${web} is for linux/arm64, and the nodes are linux/amd64`,
  ],
  [
    'an image has no name',
    nameless,
    `the image ${[...nameless.keys()][0]} has no name: save it by its name, as in \`docker save NAME:TAG\``,
  ],
])('%s: one line says which file, and what is wrong', async (_, content, message) => {
  const path = await put('a.tar', content);
  const error = { code: 'archive-damaged', where: path, what: message };
  await expect(imageArchives([input])).rejects.toMatchObject(error);
});

test('two images of the same name are refused', async () => {
  const first = await put('1.tar', dockerSave([image()], 'old'));
  const second = await put('2.tar', dockerSave([image({ layers: [lower] })], 'old'));
  await expect(imageArchives([input])).rejects.toMatchObject({
    ...{ code: 'image-twice', where: second, what: expect.stringContaining(first) },
  });
});
