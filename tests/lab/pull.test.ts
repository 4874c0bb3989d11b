import { beforeEach, expect, test, vi } from 'vitest';
import { imageArchives, listArchives } from '../../lab/images/archives.ts';
import { imageAddress, pullImages } from '../../lab/images/pull.ts';
import { layerOf, type TestImage } from '../support/image-archives.ts';
import { type RegistryOptions, startRegistry } from '../support/oci-registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import '../support/image-tools.ts';

const layers = [await layerOf({ 'bin/a': 'first' }), await layerOf({ 'bin/b': 'second' })];
beforeEach(async () => void vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder()));

const image = (name: string, more: Partial<TestImage> = {}): TestImage => ({
  names: [`docker.io/${name}`],
  layers,
  compress: 'gzip',
  ...more,
});

const pull = (names: readonly string[], mirror: string, progress: string[] = []) =>
  pullImages(names, { mirror, onProgress: (text) => progress.push(text) });

test('an image for several platforms is pulled for the nodes, and is one that the lab reads', async () => {
  const { url, requests } = await startRegistry([image('a/one:v1', { nested: true })]);
  const progress: string[] = [];
  const folders = await pull(['docker.io/a/one:v1'], url, progress);
  const { images } = await imageArchives(folders);
  expect(images).toMatchObject([{ name: 'docker.io/a/one:v1', forms: ['gzip'] }]);
  expect(requests.filter((path) => path.startsWith('storage:'))).toHaveLength(3);
  expect(progress).toEqual(['0 of 1 images']);
});

test('what is there from before is not pulled again; another image under the same name is', async () => {
  const { url, requests } = await startRegistry([image('a/two:v1')]);
  const before = await pull(['docker.io/a/two:v1'], url);
  requests.length = 0;
  expect(await pull(['docker.io/a/two:v1'], url)).toEqual(before);
  expect(requests).toEqual(['/v2/', '/v2/a/two/manifests/v1']);
  const other = await startRegistry([image('a/two:v1', { config: { Env: ['A=b'] } })]);
  expect(await pull(['docker.io/a/two:v1'], other.url)).not.toEqual(before);
});

test('several, of which the registry lacks one', async () => {
  const { url } = await startRegistry([
    image('a/three:v1'),
    image('a/four:v1', { compress: undefined as never }),
  ]);
  const folders = await pull(['docker.io/a/three:v1', 'docker.io/a/six:v1', 'docker.io/a/four:v1'], url);
  const names = (await listArchives(folders)).map(({ name }) => name);
  expect(names).toEqual(['docker.io/a/four:v1', 'docker.io/a/three:v1']);
});

test('a registry that wants a token gives one to everybody', async () => {
  const { url, requests } = await startRegistry([image('a/seven:v1')], { token: 'sesame' });
  await pull(['docker.io/a/seven:v1'], url);
  const read = requests.filter((path) => /(manifests|blobs)/.test(path));
  expect(read.filter((path) => !path.endsWith(' with a token'))).toEqual([]);
});

const [layer, manifest] = ['/blobs/', '/v1'];
type Answer = ReturnType<NonNullable<RegistryOptions['alter']>>;
const refused = { status: 403, body: '{"errors":[{"code":"DENIED","message":"not on the list"}]}' };
const password = { status: 401, headers: { 'www-authenticate': 'Basic realm="it"' } };

test.each<[request: string, Answer, message: RegExp]>([
  [layer, { body: 'x'.repeat(10_000) }, /Digest did not match/],
  [layer, { status: 404 }, /reading blob sha256:.* 404/],
  [manifest, { body: '<html>' }, /invalid character '<'/],
  [manifest, refused, /not on the list|denied/],
  [manifest, password, /authentication required/],
])('what is asked for %s, and answered with %j, is refused', async (what, answer, message) => {
  const { url } = await startRegistry([image('a/bad:v1')], {
    alter: (path) => (path.includes(what) ? answer : undefined),
  });
  await expect(pull(['docker.io/a/bad:v1'], url)).rejects.toMatchObject({
    ...{ code: 'image-not-pulled', what: expect.stringMatching(message) },
  });
});

test('an image for other machines', async () => {
  const { url } = await startRegistry([image('a/arm:v1', { nested: true, architecture: 's390x' })]);
  await expect(pull(['docker.io/a/arm:v1'], url)).rejects.toThrow(
    /no image found in image index for .*amd64/,
  );
});

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', undefined, 'docker://docker.io/library/nginx:latest'],
  ['localhost:5000/a/b', undefined, 'docker://localhost:5000/a/b:latest'],
  // The digest says more than the tag beside it.
  [`quay.io/a/b:v1@${digest}`, undefined, `docker://quay.io/a/b@${digest}`],
  // A mirror has it without the name of its registry.
  ['ghcr.io/a/b:v1', 'http://127.0.0.1:5000/', 'docker://127.0.0.1:5000/a/b:v1'],
  ['ghcr.io/a/b:v1', 'https://mirror.test/all/', 'docker://mirror.test/all/a/b:v1'],
])('%s is asked for at its own registry, or a mirror (%s)', (image, mirror, expected) => {
  expect(imageAddress(image, mirror)).toBe(expected);
});

test('what is no name is no image', () => {
  expect(() => imageAddress('UPPER CASE', undefined)).toThrow('UPPER CASE is no name');
});
