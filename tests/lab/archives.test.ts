import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import { beforeEach, expect, test, vi } from 'vitest';
import { ensureCached } from '../../lab/cache/cache.ts';
import { imageArchives } from '../../lab/images/archives.ts';
import { withProgress } from '../../lab/step.ts';
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
import '../support/image-tools.ts';

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
  const { artifact } = await imageArchives(paths);
  const out = join(dir, 'out');
  await mkdir(out);
  const { stdout } = await execa('tar', [
    '-C',
    out,
    '-xvf',
    join(await ensureCached(artifact), 'images.tar'),
  ]);
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

test('who reads archives reports how many images of how many are read', async () => {
  await put('a.tar', dockerSave([image({ layers: [lower] }), image({ names: ['b.test/b:v1'] })], 'old'));
  const details: string[] = [];
  await withProgress(
    (detail) => void details.push(detail),
    () => imageArchives([input]),
  );
  expect(details).toEqual(['0 of 2 images of a.tar', '1 of 2 images of a.tar']);
});

// The order of the folders decides which of them tar would store as a link to the other.
test('a layer that images of an older docker save share is read, whichever of them is listed first', async () => {
  const sharing = (a: string, b: string) => [
    image({ names: [`a.test/${a}`], layers: [lower] }),
    image({ names: [`b.test/${b}`] }),
  ];
  await put('a.tar', dockerSave(sharing('a:v1', 'b:v1'), 'old'));
  await put('b.tar', dockerSave(sharing('a:v2', 'b:v2').reverse(), 'old'));
  expect((await unpackMerged([input])).images).toHaveLength(4);
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
  await expect(imageArchives([path])).rejects.toThrow('Digest did not match');
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

test.each<[what: string, content: Buffer | Files, code: string, message: string]>([
  ['a layer is missing', other(layout, blobOf(upper)), 'archive-damaged', blobOf(upper)],
  [
    'a blob is not what its digest says',
    other(layout, blobOf(lower), flip(lower)),
    ...['archive-damaged', digestOf(flip(lower))],
  ],
  [
    'a layer of docker save is not what the configuration says',
    other(save, savedLayer, flip(lower)),
    ...['archive-damaged', digestOf(flip(lower))],
  ],
  ['a tar ends inside a file', saved.subarray(0, 9_000), 'archive-damaged', 'Unexpected EOF'],
  [
    'a tar ends between two files',
    saved.subarray(0, saved.indexOf('./manifest.json')),
    ...['archive-without-images', 'neither an index.json'],
  ],
  [
    'an image is for another platform',
    ociLayout([image({ architecture: 'arm64' })]),
    ...['image-platform', `the image ${web} is for linux/arm64`],
  ],
  ['an image has no name', nameless, 'image-without-name', [...nameless.keys()][0] as string],
  [
    'an image has only a tag',
    ociLayout([image({ names: ['v1'] })], 'org.opencontainers.image.ref.name'),
    ...['image-without-name', 'only the tag v1'],
  ],
] as const)('%s: one line says which file, and what is wrong', async (_, content, code, message) => {
  const path = await put('a.tar', content);
  const what = expect.stringMatching(new RegExp(`^[^\\n]*${message}[^\\n]*$`));
  await expect(imageArchives([input])).rejects.toMatchObject({ code, where: path, what });
});

test('two images of the same name are refused', async () => {
  const first = await put('1.tar', dockerSave([image()], 'old'));
  const second = await put('2.tar', dockerSave([image({ layers: [lower] })], 'old'));
  await expect(imageArchives([input])).rejects.toMatchObject({
    ...{ code: 'image-twice', where: second, what: expect.stringContaining(first) },
  });
});
