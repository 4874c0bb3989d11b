import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { readReleaseFolder } from '../../../providers/longhorn/folder.ts';
import { namedImages } from '../../../providers/longhorn/images.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { archiveTarget, officialTarget } from '../../../providers/longhorn/target.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { layerOf, ociLayout, tarOf } from '../../support/image-archives.ts';
import { releaseText } from '../../support/longhorn-release.ts';
import { startRegistry } from '../../support/oci-registry.ts';
import { startStubServer } from '../../support/stub-api-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import '../../support/image-tools.ts';

const layer = await layerOf({ a: 'b' });
let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
});

const text = releaseText('v1.8.2');
const names = namedImages(readObjects([{ source: '', text }])).map(({ name }) => name);
const images = (of: readonly string[]) =>
  of.map((name) => ({ names: [name], layers: [layer], nested: true as const }));

const mirrorOf = async (of: readonly string[]) => (await startRegistry(images(of))).url;

/** A folder with the manifest, and the archive of these images. */
const folderWith = async (name: string, archived: readonly string[], manifest = text): Promise<string> => {
  const path = join(dir, name);
  await mkdir(path);
  await writeFile(join(path, 'longhorn.yaml'), manifest);
  if (archived.length > 0)
    await writeFile(join(path, 'images.tar'), await tarOf(ociLayout(images(archived))));
  return path;
};

const bring = async (path: string, registryMirror?: string) => {
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  const bringing = archiveTarget(path, { registryMirror, progress });
  const outcome = await bringing.catch((error: Error) => error);
  const named = (text: string) => text.replaceAll(path, 'DIR').replaceAll(registryMirror ?? 'none', 'URL');
  return {
    outcome,
    message: outcome instanceof Error ? named(outcome.message) : undefined,
    lines: lines.map(named).filter((line) => / \.\.\.$|nor in|not among|lack/.test(line)),
  };
};

test('manifests come by name, archives from the folder and those in it', async () => {
  const path = join(dir, 'all');
  for (const name of ['layout', 'more', '.git', 'docs']) await mkdir(join(path, name), { recursive: true });
  const files = ['b.yml', 'a.yaml', '.hidden.yaml', 'notes.txt', 'one.tar', 'more/two.tar.gz'];
  for (const name of [...files, '.git/three.tar', 'layout/index.json', 'docs/read.me'])
    await writeFile(join(path, name), '');
  const inFolder = (names: string[]) => names.map((name) => join(path, name));
  expect(await readReleaseFolder(path, { hasMirror: false })).toEqual({
    manifests: inFolder(['a.yaml', 'b.yml']),
    archives: inFolder(['layout', 'more/two.tar.gz', 'one.tar']),
  });
});

test('a manifest without Longhorn, and images without which nothing works: all of them are named', async () => {
  const manifest = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: longhorn-system}\n';
  expect((await bring(await folderWith('other', ['a:v1'], manifest))).message).toBe(
    "no manifest in DIR has the DaemonSet longhorn-manager: put the release's longhorn.yaml into it",
  );
  const rest = names.filter((name) => !/engine|share/.test(name));
  const { outcome, message } = await bring(await folderWith('essential', rest));
  expect(outcome).toMatchObject({ name: 'PreconditionError' });
  expect(message).toBe(
    'DIR lacks 2 images that the manifest names: docker.io/longhornio/longhorn-engine:v1.8.2 (DaemonSet longhorn-manager, --engine-image); docker.io/longhornio/longhorn-share-manager:v1.8.2 (DaemonSet longhorn-manager, --share-manager-image): add their archives',
  );
});

test('what is lost without the others is reported, and not started', async () => {
  const rest = names.filter((name) => !/csi-attacher|ui|support-bundle/.test(name));
  const { outcome, lines } = await bring(await folderWith('rest', rest));
  expect(outcome).toMatchObject({ name: 'archive', size: { nodes: 3, memory: '2560M', disk: '12G' } });
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(
      /csi-attacher\S+ .* is not among the archives: the CSI driver is not started, nor waited for$/,
    ),
    expect.stringMatching(/longhorn-ui\S+ .* is not among the archives: the UI is not started$/),
    expect.stringMatching(/support-bundle\S+ .* is not among the archives: what needs it does not start$/),
    'Fitted to the cluster: replicas of Deployment longhorn-driver-deployer: 1 -> 0 (the nodes lack its images)',
    'Fitted to the cluster: replicas of Deployment longhorn-ui: 2 -> 0 (the nodes lack its image)',
  ]);
});

test('only what the archives lack comes from the mirror, and what that lacks too is reported', async () => {
  const archived = names.filter((name) => /longhorn-(engine|manager)/.test(name));
  const others = names.filter((name) => !/longhorn-(engine|manager|ui)/.test(name));
  const { outcome, lines } = await bring(await folderWith('some', archived), await mirrorOf(others));
  expect(outcome).toMatchObject({ name: 'archive' });
  expect(lines.slice(0, 3)).toEqual([
    'Look through the images in DIR ...',
    `Pull ${others.length + 1} images from the mirror URL ...`,
    'docker.io/longhornio/longhorn-ui:v1.8.2 (Deployment longhorn-ui, container longhorn-ui) is neither among the archives nor in the mirror URL: the UI is not started',
  ]);
});

test('where both lack what nothing works without, and a mirror that is not there', async () => {
  const url = await mirrorOf(names.filter((name) => !/longhorn-engine/.test(name)));
  const { outcome, message } = await bring(await folderWith('neither', []), url);
  expect([outcome, message]).toMatchObject([
    { name: 'PreconditionError' },
    'DIR lacks an image that the manifest names, and so does the mirror URL: docker.io/longhornio/longhorn-engine:v1.8.2 (DaemonSet longhorn-manager, --engine-image): add their archives',
  ]);
  const gone = await startRegistry([]);
  await gone.stop();
  expect((await bring(await folderWith('nobody', []), gone.url)).message).toMatch(
    /cannot be pulled \(.*connection refused\): see whether the mirror runs, and is where --registry-mirror says$/,
  );
});

test('an official release: its manifest from where it is published, its images from the mirror', async () => {
  const { url } = await startStubServer({ answer: (response) => response.end(text) });
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  const options = { registryMirror: await mirrorOf(names), progress };
  const target = await officialTarget('v1.8.2', options, url);
  expect(target).toMatchObject({
    name: 'official',
    size: { nodes: 3 },
    maxBegunPerCpu: 2,
    archives: [{ inputs: { images: names.toSorted().map((name) => [name, expect.any(String)]) } }],
  });
  expect(lines.filter((line) => line.endsWith(' ...'))).toEqual([
    'Fetch the manifest of Longhorn v1.8.2 ...',
    `Pull ${names.length} images from the mirror ${options.registryMirror} ...`,
  ]);
  expect(lines).toContain(
    'Fitted to the cluster: setting backup-concurrent-limit: 2 -> 1 (an upload must last long enough for its state to be seen)',
  );
});
