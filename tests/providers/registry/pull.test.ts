import { beforeEach, expect, test, vi } from 'vitest';
import { imageArchives, listArchives } from '../../../lab/images/archives.ts';
import { pullImages } from '../../../providers/registry/pull.ts';
import { digestOf, layerOf, type TestImage } from '../../support/image-archives.ts';
import { type RegistryOptions, startRegistry } from '../../support/oci-registry.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

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
  const { url, asked } = await startRegistry([image('a/one:v1', { nested: true })]);
  const progress: string[] = [];
  const folders = await pull(['docker.io/a/one:v1'], url, progress);
  const { images } = await imageArchives(folders);
  expect(images).toMatchObject([{ name: 'docker.io/a/one:v1', forms: ['gzip'] }]);
  expect(asked.slice(0, 2)).toEqual([
    '/v2/a/one/manifests/v1',
    expect.stringMatching(/^\/v2\/a\/one\/manifests\/sha256:/),
  ]);
  expect(asked.filter((path) => path.startsWith('storage:'))).toHaveLength(3);
  expect(progress.at(-1)).toBe('0 of at most 0 MB');
});

test('what is there from before is not pulled again; another image under the same name is', async () => {
  const { url, asked } = await startRegistry([image('a/two:v1')]);
  const before = await pull(['docker.io/a/two:v1'], url);
  asked.length = 0;
  expect(await pull(['docker.io/a/two:v1'], url)).toEqual(before);
  expect(asked).toEqual(['/v2/a/two/manifests/v1']);
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

test('a registry that wants a token gives one to everybody; the storage behind it does not see it', async () => {
  const { url, asked } = await startRegistry([image('a/seven:v1')], { token: 'sesame' });
  await pull(['docker.io/a/seven:v1'], url);
  expect(asked[0]).toBe('/v2/a/seven/manifests/v1');
  expect(asked[1]).toBe('/token?service=the+test%27s&scope=repository%3Aa%2Fseven%3Apull');
  const [storage = [], own = []] = [true, false].map((is) =>
    asked.slice(2).filter((path) => path.startsWith('storage:') === is),
  );
  expect(own.filter((path) => !path.endsWith(' with a token'))).toEqual([]);
  expect(storage).toHaveLength(3);
  expect(storage.filter((path) => path.endsWith(' with a token'))).toEqual([]);
});

const [layer, manifest, token] = ['/blobs/', '/v1', '/token'];
type Answer = ReturnType<NonNullable<RegistryOptions['alter']>>;
const another = { body: '{}', headers: { 'docker-content-digest': digestOf('other') } };
const refused = { status: 429, body: '{"errors":[{"message":"too many requests"}]}' };
const password = { status: 401, headers: { 'www-authenticate': 'Basic realm="it"' } };

test.each<[asked: string, Answer, code: string]>([
  [layer, { body: 'x'.repeat(10_000) }, 'image-digest'],
  [layer, { status: 404 }, 'image-incomplete'],
  [manifest, another, 'image-digest'],
  [manifest, { body: '<html>' }, 'image-manifest'],
  [manifest, refused, 'registry-refuses'],
  [manifest, password, 'registry-password'],
  [token, { status: 403 }, 'registry-no-token'],
])('what is asked for %s, and answered with %j, is refused', async (what, answer, code) => {
  const { url } = await startRegistry([image('a/bad:v1')], {
    alter: (path) => (path.includes(what) ? answer : undefined),
    ...(what === token && { token: 'sesame' }),
  });
  await expect(pull(['docker.io/a/bad:v1'], url)).rejects.toMatchObject({ name: 'NotFit', code });
});

/** The manifest of an image, as a registry has it. */
const manifestOf = async (url: string, name: string) =>
  (await (await fetch(`${url}/v2/a/${name}/manifests/v1`)).json()) as {
    config: { size: number };
    layers: unknown[];
  };

test('bytes of the same number, but others', async () => {
  let size = 0;
  const { url } = await startRegistry([image('a/worse:v1')], {
    alter: (path) => (path.includes(layer) && size > 0 ? { body: 'x'.repeat(size) } : undefined),
  });
  size = (await manifestOf(url, 'worse')).config.size;
  await expect(pull(['docker.io/a/worse:v1'], url)).rejects.toMatchObject({ code: 'image-digest' });
});

test('an image for other machines', async () => {
  const { url } = await startRegistry([image('a/arm:v1', { nested: true, architecture: 's390x' })]);
  await expect(pull(['docker.io/a/arm:v1'], url)).rejects.toMatchObject({
    code: 'image-platform',
    what: expect.stringContaining('linux/arm64/v8, linux/s390x'),
  });
});

test('a layer that is not what the configuration says of it is refused when it is read', async () => {
  let odd: { body: string } | undefined;
  const { url } = await startRegistry([image('a/odd:v1')], {
    alter: (path) => (path === '/v2/a/odd/manifests/v1' ? odd : undefined),
  });
  const manifest = await manifestOf(url, 'odd');
  // Its layers are in the wrong order, each with its right digest.
  odd = { body: JSON.stringify({ ...manifest, layers: manifest.layers.toReversed() }) };
  const folders = await pull(['docker.io/a/odd:v1'], url);
  await expect(imageArchives(folders)).rejects.toThrow(/the layer 1 of docker.io\/a\/odd:v1 is damaged/);
});
