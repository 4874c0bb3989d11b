import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { namedImages } from '../../../providers/longhorn/images.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { archiveTarget, officialTarget } from '../../../providers/longhorn/target.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { layerOf, ociLayout, tarOf } from '../../support/image-archives.ts';
import { releaseText } from '../../support/longhorn-release.ts';
import { startRegistry } from '../../support/oci-registry.ts';
import { end, listen } from '../../support/serving.ts';

// Each image is a part of the cache, which is written through to the disk.
vi.setConfig({ testTimeout: 30_000 });

let dir: string;
let layer: Buffer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-mirror-'));
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  layer = await layerOf({ a: 'b' });
});
afterAll(() => rm(dir, { recursive: true }));

const text = releaseText('v1.8.2');
const names = namedImages(readObjects([{ source: '', text }])).map(({ name }) => name);
const images = (of: readonly string[]) =>
  of.map((name) => ({ names: [name], layers: [layer], nested: true as const }));

const mirrorOf = async (of: readonly string[]): Promise<string> => {
  const { url, stop } = await startRegistry(images(of));
  onTestFinished(stop);
  return url;
};

/** A folder with the manifest, and the archive of these images. */
const folderWith = async (name: string, archived: readonly string[]): Promise<string> => {
  const path = join(dir, name);
  await mkdir(path);
  await writeFile(join(path, 'longhorn.yaml'), text);
  if (archived.length > 0)
    await writeFile(join(path, 'images.tar'), await tarOf(ociLayout(images(archived))));
  return path;
};

const bring = async (path: string, registryMirror: string) => {
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  const outcome = await archiveTarget(path, { registryMirror, portable: false, progress }).catch(
    (error: Error) => error,
  );
  const seen = lines.map((line) => line.replaceAll(path, 'DIR').replaceAll(registryMirror, 'URL'));
  return { outcome, lines: seen.filter((line) => / \.\.\.$|nor in/.test(line)) };
};

test('a manifest alone: all images come from the mirror', async () => {
  const { outcome, lines } = await bring(await folderWith('alone', []), await mirrorOf(names));
  expect(outcome).toMatchObject({
    name: 'archive',
    archives: [{ inputs: { images: names.toSorted().map((name) => [name, expect.any(String)]) } }],
  });
  expect(lines).toEqual([`Pull ${names.length} images from the mirror URL ...`]);
});

test('only what the archives lack comes from the mirror, and what that lacks too is told', async () => {
  const [engine, manager, ...others] = [/longhorn-engine/, /longhorn-manager/]
    .map((part) => names.find((name) => part.test(name)) as string)
    .concat(names.filter((name) => !/engine|longhorn-manager|ui/.test(name)));
  const { outcome, lines } = await bring(
    await folderWith('some', [engine as string, manager as string]),
    await mirrorOf(others),
  );
  expect(outcome).toMatchObject({ name: 'archive' });
  expect(lines).toEqual([
    'Look through the images in DIR ...',
    `Pull ${others.length + 1} images from the mirror URL ...`,
    'docker.io/longhornio/longhorn-ui:v1.8.2 (Deployment longhorn-ui, container longhorn-ui) is neither among the archives nor in the mirror URL: the UI is not started',
  ]);
});

test('where both lack what nothing works without', async () => {
  const url = await mirrorOf(names.filter((name) => !/longhorn-engine/.test(name)));
  const { outcome } = await bring(await folderWith('neither', []), url);
  expect(outcome).toMatchObject({
    name: 'NotFit',
    message: `${join(dir, 'neither')} lacks an image that the manifest names, and so does the mirror ${url}: docker.io/longhornio/longhorn-engine:v1.8.2 (DaemonSet longhorn-manager, --engine-image): add their archives`,
  });
});

test('a mirror that is not there', async () => {
  const { url, stop } = await startRegistry([]);
  await stop();
  const { outcome } = await bring(await folderWith('nobody', []), url);
  expect(outcome).toMatchObject({
    name: 'NotFit',
    message: `${new URL(url).host} cannot be reached (ECONNREFUSED): see whether the mirror runs, and is where --registry-mirror says`,
  });
});

test('an official release: its manifest from where it is published, its images from the mirror', async () => {
  const server = createServer((_, response) => void response.end(text));
  const port = await listen(server);
  onTestFinished(() => end(server));
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  const options = { registryMirror: await mirrorOf(names), portable: true, progress };
  const target = await officialTarget('v1.8.2', options, `http://127.0.0.1:${port}`);
  expect(target).toMatchObject({ name: 'official', size: { nodes: 3 }, workersPerCpu: 2 });
  expect(lines.filter((line) => line.endsWith(' ...'))).toEqual([
    'Fetch the manifest of Longhorn v1.8.2 ...',
    `Pull ${names.length} images from the mirror ${options.registryMirror} ...`,
  ]);
  expect(lines).toContain(
    'Fitted to the cluster: setting backup-concurrent-limit: 2 -> 1 (an upload must last long enough for its state to be seen)',
  );
});
