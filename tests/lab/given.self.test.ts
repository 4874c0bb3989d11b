import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockerSave, layerOf, tarOf } from '../support/image-archives.ts';

// What is given to `lab up` is looked at before anything is built or booted.

let dir: string;
let good: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-given-'));
  good = join(dir, 'good.tar');
  await writeFile(good, await tarOf(dockerSave([{ names: ['example.test/web:v1'], layers: [await layerOf({ a: 'a' })] }], 'new')));
});

afterEach(() => rm(dir, { recursive: true }));

const lab = (args: string[], wrapper: string[] = []) => {
  const [command = '', ...rest] = [...wrapper, 'node', 'scripts/lab.ts', ...args];
  return execa(command, rest, { reject: false, stdin: 'ignore', env: { XDG_CACHE_HOME: join(dir, 'cache') } });
};

/** The names of what the cache has, and of what is being made in it. */
const inCache = async () =>
  (await Promise.all(['parts', 'drafts'].map((folder) => readdir(join(dir, 'cache/corral', folder)).catch(() => [])))).flat();

test('an archive that is damaged ends it, with exit code 3 and one line', async () => {
  const bad = join(dir, 'bad.tar');
  await writeFile(bad, (await tarOf(new Map([['manifest.json', Buffer.from('[]')]]))).subarray(0, 600));
  const ended = await lab(['up', '--images', good, '--images', bad]);
  expect(ended).toMatchObject({ exitCode: 3, stderr: `lab: ${bad}: it is truncated: it ends inside the header of a file` });
  expect(await inCache()).toEqual([]);
});

test('so does a manifest that is none, before images are read', async () => {
  const manifest = join(dir, 'bad.yaml');
  await writeFile(manifest, 'apiVersion: v1\nkind: Pod\n');
  const ended = await lab(['up', '--images', good, '--manifest', manifest]);
  const message = `lab: ${manifest}: document 1 (line 1): no Kubernetes object: it has no metadata`;
  expect(ended).toMatchObject({ exitCode: 3, stdout: '', stderr: message });
  expect(await inCache()).toEqual([]);
});

test('where there is no room for the images, one line says how much they take', async () => {
  const script = 'mkdir -p "$0"; mount -t tmpfs -o size=64M cache "$0"; exec "$@"';
  const small = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, join(dir, 'cache')];
  const ended = await lab(['up', '--images', good], small);
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toBe(
    `lab: only 0.1 GiB are free under ${dir}/cache/corral, these images take 2.5: free some, or set XDG_CACHE_HOME`,
  );
});

test('images ls says what is in archives, and that they are sound', async () => {
  expect(await lab(['images', 'ls', good])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^example\.test\/web:v1 {2}sha256:[0-9a-f]{64} {2}0\.0 MiB {2}plain$/),
    stderr: '',
  });
});

test.each([
  [['images'], 2, 'lab: name a command of images: ls [PATH...] or import PATH...'],
  [['images', 'import'], 2, "lab: missing required argument 'paths'"],
  [['images', 'ls'], 1, 'lab: no lab named lab is up; npm run lab -- status lists them'],
  [['images', 'import', 'x.tar'], 1, 'lab: no lab named lab is up; npm run lab -- status lists them'],
  [['up', '--images'], 2, "lab: option '--images <path...>' argument missing"],
])('lab %j ends with exit code %i', async (args, exitCode, stderr) => {
  expect(await lab(args)).toMatchObject({ exitCode, stderr, stdout: '' });
});
